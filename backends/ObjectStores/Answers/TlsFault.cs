using System.Security.Authentication;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>What the TLS library says about a failed handshake, without its own file names and numbers.</summary>
internal static class TlsFault
{
    private const string OfOpenSsl = "SSL routines:";

    public static string Of(AuthenticationException e)
    {
        Exception last = e;
        while (last.InnerException is { } inner)
        {
            last = inner;
        }
        var at = last.Message.LastIndexOf(OfOpenSsl, StringComparison.Ordinal);
        var text = at < 0 ? last.Message : last.Message[(at + OfOpenSsl.Length)..].TrimStart(':');
        return StoreText.Clean(text.TrimEnd('.'));
    }
}
