namespace Trainyard.Agent.Transfers;

/// <summary>The mode of the files in the data folder.</summary>
internal static class DataFiles
{
    /// <summary>Readable for every command of this node that can see the folder; writable for none.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}
