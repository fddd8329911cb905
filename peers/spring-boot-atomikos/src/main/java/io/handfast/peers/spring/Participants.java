package io.handfast.peers.spring;

import com.atomikos.spring.AtomikosConnectionFactoryBean;
import com.atomikos.spring.AtomikosDataSourceBean;
import jakarta.jms.JMSException;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.postgresql.xa.PGXADataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The broker and the database in Atomikos's pools, where its recovery finds them. */
@Configuration(proxyBeanMethods = false)
class Participants {

  @Bean
  AtomikosConnectionFactoryBean connectionFactory(PeerConfig config) throws JMSException {
    PeerConfig.Server broker = config.broker();
    ActiveMQXAConnectionFactory artemis = new ActiveMQXAConnectionFactory(broker.url());
    artemis.setUser(broker.user());
    artemis.setPassword(broker.password());
    AtomikosConnectionFactoryBean pool = new AtomikosConnectionFactoryBean();
    pool.setXaConnectionFactory(artemis);
    return pool;
  }

  @Bean
  AtomikosDataSourceBean dataSource(PeerConfig config) {
    PeerConfig.Server database = config.database();
    PGXADataSource postgres = new PGXADataSource();
    postgres.setUrl(database.url());
    postgres.setUser(database.user());
    postgres.setPassword(database.password());
    AtomikosDataSourceBean pool = new AtomikosDataSourceBean();
    pool.setXaDataSource(postgres);
    return pool;
  }
}
