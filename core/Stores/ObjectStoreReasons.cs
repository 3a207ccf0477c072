using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Stores;

/// <summary>
/// Maps each store failure to a run's reason: its code, whose fault it is, and whether to try again. The only such
/// table.
/// </summary>
public static class ObjectStoreReasons
{
    private static readonly Dictionary<ObjectStoreFailure, Meaning> Meanings = new()
    {
        [ObjectStoreFailure.BucketNotFound] = Final("{0}_bucket_not_found"),
        [ObjectStoreFailure.ObjectNotFound] = Final("object_not_found"),
        [ObjectStoreFailure.Denied] = Final("store_denied"),
        [ObjectStoreFailure.CredentialsExpired] = Final("store_denied"),
        [ObjectStoreFailure.Forbidden] = Final("store_forbidden"),
        // The service's own clock may be wrong, and clocks get corrected.
        [ObjectStoreFailure.ClockSkew] = new("store_clock_skew", Fault.System, IsTransient: true),
        [ObjectStoreFailure.WrongRegion] = Final("store_wrong_region"),
        [ObjectStoreFailure.EndpointPath] = Final("store_endpoint_path"),
        [ObjectStoreFailure.CertificateUntrusted] = Final("store_certificate_untrusted"),
        [ObjectStoreFailure.NotHttps] = Final("store_not_https"),
        [ObjectStoreFailure.NeedsHttps] = Final("store_needs_https"),
        [ObjectStoreFailure.TlsFailed] = Final("store_tls_failed"),
        [ObjectStoreFailure.NoStore] = Final("store_invalid"),
        [ObjectStoreFailure.AddressForbidden] = Final("store_address_forbidden"),
        [ObjectStoreFailure.HostNotFound] = new("store_host_not_found", Fault.User, IsTransient: true),
        [ObjectStoreFailure.ConnectionRefused] = new("store_connection_refused", Fault.User, IsTransient: true),
        [ObjectStoreFailure.ObjectArchived] = Final("store_object_archived"),
        [ObjectStoreFailure.QuotaFull] = Final("store_quota_full"),
        // Its operator can make room.
        [ObjectStoreFailure.DiskFull] = new("store_disk_full", Fault.System, IsTransient: true),
        [ObjectStoreFailure.Busy] = new("store_busy", Fault.System, IsTransient: true),
        [ObjectStoreFailure.Corrupt] = new("store_corrupt", Fault.System, IsTransient: true),
        [ObjectStoreFailure.Unavailable] = new("store_unavailable", Fault.System, IsTransient: true),
        [ObjectStoreFailure.Invalid] = Final("store_invalid"),
    };

    // Several failures have the code, and fault, of one.
    private static readonly Dictionary<string, Fault> OfData = Meanings
        .Values.DistinctBy(meaning => meaning.Code)
        .ToDictionary(meaning => string.Format(null, meaning.Code, "data"), meaning => meaning.Fault);

    /// <summary>Whether trying again later can help.</summary>
    public static bool IsTransient(ObjectStoreFailure failure) => Meanings[failure].IsTransient;

    /// <summary>The reason for a run that met this failure; the side is <c>data</c> or <c>results</c>.</summary>
    public static RunReason Of(ObjectStoreException e, string side) =>
        new()
        {
            Code = CodeOf(e.Failure, side),
            Message = e.Message,
            Fault = Meanings[e.Failure].Fault,
        };

    /// <summary>Whether a text is the code of a failure of the data store.</summary>
    public static bool IsOfData(string? code) => OfData.ContainsKey(code ?? "");

    /// <summary>
    /// The reason of a run whose node could not fetch its data: the failure's own, where its code is known.
    /// </summary>
    public static RunReason OfDownload(string? code, string message) =>
        new()
        {
            Code = IsOfData(code) ? code! : "data_download_failed",
            Message = message,
            Fault = OfData.GetValueOrDefault(code ?? "", Fault.User),
        };

    /// <summary>The code of a reason, as documented.</summary>
    public static string CodeOf(ObjectStoreFailure failure, string side) =>
        string.Format(null, Meanings[failure].Code, side);

    private static Meaning Final(string code) => new(code, Fault.User, IsTransient: false);

    private sealed record Meaning(string Code, Fault Fault, bool IsTransient);
}
