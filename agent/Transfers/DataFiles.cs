namespace Trainyard.Agent.Transfers;

/// <summary>How the files of the data folder lie on the disk.</summary>
internal static class DataFiles
{
    /// <summary>To be read by any command of this node that can see the folder; to be written by none.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}
