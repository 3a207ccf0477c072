using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs the function for each new or changed blob whose path matches, at least once.</summary>
public sealed class BlobTriggerAttribute : TriggerBindingAttribute
{
    private readonly string _blobPath;

    /// <param name="blobPath">Container, then a pattern with <c>{placeholders}</c>.</param>
    public BlobTriggerAttribute(string blobPath) => _blobPath = blobPath;

    public string BlobPath => _blobPath;

    public string? Connection { get; set; }

    public BlobTriggerSource Source { get; set; } = BlobTriggerSource.LogsAndContainerScan;
}

/// <summary>How blobs are noticed.</summary>
public enum BlobTriggerSource
{
    LogsAndContainerScan,
    EventGrid,
}
