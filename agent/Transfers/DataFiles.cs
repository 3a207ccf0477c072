namespace Trainyard.Agent.Transfers;

/// <summary>The mode of the files in the data folder.</summary>
internal static class DataFiles
{
    /// <summary>Any command of this node that sees the folder can read the files; no command can write them.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}
