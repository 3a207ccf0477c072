namespace Trainyard.Agent.Jobs;

/// <summary>The files in DATA_DIR when the data itself stays in its bucket.</summary>
internal static class ListingFiles
{
    /// <summary>The list, one JSON line per object: DATA_LISTING.</summary>
    public const string Listing = "listing.jsonl";

    /// <summary>The authorities (PEM) that issue the store's certificate: DATA_CA_FILE.</summary>
    public const string Authorities = "ca.pem";
}
