using System.Globalization;

namespace Trainyard.Agent.Processes;

/// <summary>Hides the descriptors that the agent has inherited: commands get only 0, 1 and 2.</summary>
internal static class InheritedFiles
{
    private const int LastStandard = 2;

    /// <summary>Marks all descriptors that are open now as not inherited.</summary>
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
