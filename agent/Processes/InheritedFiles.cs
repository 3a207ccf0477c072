using System.Globalization;

namespace Trainyard.Agent.Processes;

/// <summary>Descriptors that the agent has from whoever started it: commands get only 0, 1 and 2.</summary>
internal static class InheritedFiles
{
    private const int LastStandard = 2;

    /// <summary>Keeps all that are open now to the agent itself.</summary>
    public static void Keep()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(entry.AsSpan()), CultureInfo.InvariantCulture);
            if (descriptor > LastStandard)
            {
                Native.CloseOnStart(descriptor);
            }
        }
    }
}
