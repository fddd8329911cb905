package io.handfast.simulation;

import io.handfast.database.Database;
import io.handfast.database.DatabaseSession;
import io.handfast.database.Marker;
import io.handfast.message.Broker;
import io.handfast.message.SourceSession;
import io.handfast.participant.NamedXaResource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;
import javax.transaction.xa.XAResource;

/** Ports of which single calls do something else. */
final class Ports {

  /** Changes what calls return. */
  @FunctionalInterface
  interface Change {
    Object of(String call, Object result) throws Exception;
  }

  /** What is done in place of a call. */
  @FunctionalInterface
  interface Other {
    Object with(Object[] arguments) throws Exception;
  }

  private Ports() {}

  /** One whose answers are changed. */
  static <T> T changed(Class<T> port, T target, Change change) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) ->
                change.of(method.getName(), invoke(method, target, arguments))));
  }

  /** One of which one call is another. */
  static <T> T instead(Class<T> port, T target, String call, Other other) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) ->
                method.getName().equals(call)
                    ? other.with(arguments)
                    : invoke(method, target, arguments)));
  }

  private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** A database with another marker. */
  static Database marked(Database database, UnaryOperator<Marker> markers) {
    return changed(
        Database.class,
        database,
        (name, result) ->
            name.equals("openLocal")
                ? changed(
                    DatabaseSession.class,
                    (DatabaseSession) result,
                    (call, answer) ->
                        answer instanceof Marker marker ? markers.apply(marker) : answer)
                : result);
  }

  /** A broker whose sessions have other branches. */
  static Broker branched(Broker broker, UnaryOperator<XAResource> branches) {
    return changed(
        Broker.class,
        broker,
        (name, result) ->
            name.equals("openXa") ? branched((SourceSession) result, branches) : result);
  }

  private static SourceSession branched(SourceSession session, UnaryOperator<XAResource> branches) {
    NamedXaResource known = session.xaResource();
    NamedXaResource other =
        new NamedXaResource(known.participant(), known.identity(), branches.apply(known));
    return instead(SourceSession.class, session, "xaResource", arguments -> other);
  }
}
