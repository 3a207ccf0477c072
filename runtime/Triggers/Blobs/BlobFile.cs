namespace Trainyard.Runtime.Triggers.Blobs;

/// <summary>One state of a file. Written again it is another, as a blob then has another ETag.</summary>
internal sealed record BlobVersion(long Size, DateTime ModifiedAt);

/// <summary>A file of a container. The name is its path below the container, with forward slashes.</summary>
internal sealed record BlobFile(
    string Name,
    string FullPath,
    BlobVersion Version,
    IReadOnlyDictionary<string, string> Values
);
