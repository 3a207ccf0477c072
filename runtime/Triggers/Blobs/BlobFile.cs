namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>One version of a file. Each write makes a new version, as a blob gets a new ETag.</summary>
internal sealed record BlobVersion(long Size, DateTime ModifiedAt);

/// <summary>A file of a container. The name is its path below the container, with forward slashes.</summary>
internal sealed record BlobFile(
    string Name,
    string FullPath,
    BlobVersion Version,
    IReadOnlyDictionary<string, string> Values
);
