namespace Trainyard.Agent.Jobs;

/// <summary>What is in DATA_DIR where the data itself stays in its bucket.</summary>
internal static class ListingFiles
{
    /// <summary>A JSON line for each object: DATA_LISTING.</summary>
    public const string Listing = "listing.jsonl";

    /// <summary>Authorities that vouch for the store, in PEM: DATA_CA_FILE.</summary>
    public const string Authorities = "ca.pem";
}
