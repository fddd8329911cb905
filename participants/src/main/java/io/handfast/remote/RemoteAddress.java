package io.handfast.remote;

/**
 * Where a service is asked about a transaction, and by which names.
 *
 * @param url without a slash at the end
 * @param transaction the id that the client knows
 * @param name the service's name among the participants of the transaction
 */
public record RemoteAddress(String url, String transaction, String name) {}
