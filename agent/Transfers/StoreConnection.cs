using System.Net.Sockets;
using System.Security.Authentication;
using Trainyard.Agent.Files;
using Trainyard.Agent.Service;

namespace Trainyard.Agent.Transfers;

/// <summary>
/// Says why no answer of a store came. Only the name and the port of its address are told: the rest is signed.
/// </summary>
internal static class StoreConnection
{
    /// <returns>A failure for good, or one that is worth another try.</returns>
    public static Exception Failed(Exception e, Uri address)
    {
        var at = $"the store at '{address.Authority}'";
        if (Within<UntrustedStoreException>(e) is { } untrusted)
        {
            return Final(
                $"the node does not trust {at}: {PrintableText.Of(untrusted.Message)}. An authority of your own is given as the connection's `ca_certificate`.",
                DownloadCause.Untrusted
            );
        }
        if (Within<AuthenticationException>(e) is { } tls)
        {
            var why = PrintableText.Of((tls.GetBaseException() ?? tls).Message);
            return Final($"no TLS connection to {at} can be made: {why}", DownloadCause.NoTls);
        }
        return Within<SocketException>(e)?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => Passing(
                $"The name of {at} is not known to the node's DNS",
                DownloadCause.UnknownHost,
                e
            ),
            SocketError.ConnectionRefused => Passing(
                $"Nothing listens at {at}, seen from the node",
                DownloadCause.Refused,
                e
            ),
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => Passing(
                $"There is no way from the node to {at}",
                DownloadCause.Unavailable,
                e
            ),
            { } other => Passing($"No connection from the node to {at} ({other})", DownloadCause.Unavailable, e),
            null => Passing($"No answer from {at} ({e.GetType().Name})", DownloadCause.Unavailable, e),
        };
    }

    private static DownloadFailedException Final(string why, string cause) =>
        new($"The data bucket cannot be read: {why}") { Cause = cause };

    private static ServiceAwayException Passing(string what, string cause, Exception e) =>
        new($"{what}.", e) { Answered = true, Code = cause };

    private static T? Within<T>(Exception e)
        where T : Exception
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is T found)
            {
                return found;
            }
        }
        return null;
    }
}
