package io.handfast.atomikos;

import com.atomikos.icatch.CompositeTransactionManager;
import com.atomikos.icatch.imp.CompositeTransactionManagerImp;
import com.atomikos.icatch.imp.TransactionServiceImp;
import com.atomikos.icatch.provider.Assembler;
import com.atomikos.icatch.provider.ConfigProperties;
import com.atomikos.icatch.provider.TransactionServiceProvider;
import com.atomikos.persistence.imp.StateRecoveryManagerImp;
import com.atomikos.util.UniqueIdMgr;
import java.util.Properties;

/**
 * Assembles Atomikos from its own parts, with Handfast's log and transaction ids.
 *
 * <p>Found by {@link java.util.ServiceLoader}, which passes no arguments: what it needs is waiting
 * in {@link AtomikosTransactions} before the engine is first touched.
 */
public final class HandfastAssembler implements Assembler {

  private static final long NO_LIMIT = -1;

  /** For Atomikos; that all are asked at the same time {@link Branches} sees to. */
  private static final boolean IN_TURN = true;

  @Override
  public ConfigProperties initializeProperties() {
    Properties properties = new Properties();
    properties.setProperty("com.atomikos.icatch.registered", "true");
    properties.setProperty("com.atomikos.icatch.tm_unique_name", parts().identity().node());
    properties.setProperty("com.atomikos.icatch.enable_logging", "true");
    properties.setProperty("com.atomikos.icatch.checkpoint_interval", "500");
    properties.setProperty("com.atomikos.icatch.force_shutdown_on_vm_exit", "false");
    properties.setProperty("com.atomikos.icatch.forget_orphaned_log_entries_delay", "86400000");
    properties.setProperty("com.atomikos.icatch.default_jta_timeout", "300000");
    properties.setProperty("com.atomikos.icatch.max_timeout", "86400000");
    properties.setProperty("com.atomikos.icatch.max_actives", Long.toString(NO_LIMIT));
    properties.setProperty("com.atomikos.icatch.recovery_delay", "86400000");
    properties.setProperty("com.atomikos.icatch.serial_jta_transactions", "true");
    properties.setProperty("com.atomikos.icatch.allow_subtransactions", "false");
    // Without it commit() returns normally though a participant has rolled back.
    properties.setProperty("com.atomikos.icatch.throw_on_heuristic", "true");
    // A participant that cannot be reached in phase 2 is recovery's business, not the caller's.
    properties.setProperty("com.atomikos.icatch.oltp_max_retries", "0");
    properties.setProperty("com.atomikos.icatch.oltp_retry_interval", "1");
    return new ConfigProperties(properties);
  }

  @Override
  public TransactionServiceProvider assembleTransactionService(ConfigProperties properties) {
    AtomikosLog log = parts().log();
    StateRecoveryManagerImp states = new StateRecoveryManagerImp();
    states.setOltpLog(log);
    return new TransactionServiceImp(
        parts().identity().node(),
        states,
        new TransactionIds(),
        properties.getMaxTimeout(),
        properties.getMaxActives(),
        IN_TURN,
        log);
  }

  @Override
  public CompositeTransactionManager assembleCompositeTransactionManager() {
    return new CompositeTransactionManagerImp();
  }

  private static AtomikosTransactions.Parts parts() {
    return AtomikosTransactions.parts();
  }

  /** Handfast's ids in place of Atomikos's wall clock and counter. */
  private static final class TransactionIds extends UniqueIdMgr {

    TransactionIds() {
      super(parts().identity().node());
    }

    @Override
    public String get() {
      return parts().next().get().toString();
    }
  }
}
