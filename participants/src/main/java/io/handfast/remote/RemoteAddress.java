package io.handfast.remote;

/**
 * The URL of a remote service, and the names of the transaction and participant there.
 *
 * @param url without a slash at the end
 * @param transaction the id that the client knows
 * @param name the service's name among the participants of the transaction
 */
public record RemoteAddress(String url, String transaction, String name) {}
