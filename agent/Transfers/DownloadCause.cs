using System.Net;

namespace Trainyard.Agent.Transfers;

/// <summary>The service's codes for what keeps a store's data from the node.</summary>
internal static class DownloadCause
{
    public const string Untrusted = "store_certificate_untrusted";
    public const string NoTls = "store_tls_failed";
    public const string UnknownHost = "store_host_not_found";
    public const string Refused = "store_connection_refused";
    public const string Unavailable = "store_unavailable";
    private const string Denied = "store_denied";
    private const string Forbidden = "store_forbidden";
    private const string Busy = "store_busy";
    private const string ClockSkew = "store_clock_skew";
    private const string Archived = "store_object_archived";

    private static readonly Dictionary<string, string> Codes = new()
    {
        ["InvalidObjectState"] = Archived,
        ["BlobArchived"] = Archived,
        ["BlobBeingRehydrated"] = Archived,
        ["RequestTimeTooSkewed"] = ClockSkew,
        ["SlowDown"] = Busy,
        ["ServerBusy"] = Busy,
        ["InvalidAccessKeyId"] = Denied,
        ["SignatureDoesNotMatch"] = Denied,
        ["AuthenticationFailed"] = Denied,
        ["ExpiredToken"] = Denied,
        ["InvalidToken"] = Denied,
    };

    /// <summary>The cause behind a store's answer; null when there is none of its own.</summary>
    /// <param name="status">The status of the answer.</param>
    /// <param name="code">The store's own code; null when it names none.</param>
    public static string? Of(HttpStatusCode status, string? code) =>
        code is not null && Codes.TryGetValue(code, out var known)
            ? known
            : status switch
            {
                HttpStatusCode.Unauthorized => Denied,
                HttpStatusCode.Forbidden => Forbidden,
                HttpStatusCode.TooManyRequests => Busy,
                HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => Unavailable,
                _ => null,
            };
}
