namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>Settings of stores of type <c>file</c>.</summary>
public sealed class FileStoreOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Stores:File";

    /// <summary>
    /// The folder whose subfolders are the buckets; nothing outside it is ever read or written. It must exist. Default
    /// <c>buckets</c> in the state folder, which the service creates.
    /// </summary>
    public string? Root { get; set; }

    /// <summary>
    /// The owner whose buckets are the root's own subfolders. Those of every other owner are below <c>.owners/OWNER</c> in it.
    /// Default <c>admin</c>, the owner of a new state folder's first key.
    /// </summary>
    public string FirstOwner { get; set; } = "admin";

    /// <summary>
    /// Names of buckets, with commas between, that are subfolders of the root for every owner, to read and to write;
    /// <c>*</c> for all of them. Default none.
    /// </summary>
    public string? Common { get; set; }
}
