namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>Settings of stores of type <c>file</c>.</summary>
public sealed class FileStoreOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Stores:File";

    /// <summary>
    /// The folder whose subfolders are the buckets; nothing outside it is ever read or written. It must exist. Default
    /// <c>buckets</c> in the state folder, which is made.
    /// </summary>
    public string? Root { get; set; }
}
