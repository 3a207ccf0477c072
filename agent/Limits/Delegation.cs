using System.Globalization;

namespace Trainyard.Agent.Limits;

/// <summary>
/// Version 2 lets a group hand its controllers on only while no process is in the group itself: those that are, the agent
/// among them, go into a group beside the commands'.
/// </summary>
internal static class Delegation
{
    private const string Control = "cgroup.subtree_control";

    /// <summary>Where an agent puts itself, and what it starts from.</summary>
    public const string OwnGroup = "trainyard-agent";

    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    /// <summary>What the groups below a folder have.</summary>
    public static IReadOnlyList<string> Enabled(string folder) => Read(Path.Combine(folder, Control));

    /// <returns>Whether any controller is handed on.</returns>
    public static bool TryEnable(string folder)
    {
        var missing = Read(Path.Combine(folder, "cgroup.controllers")).Intersect(Wanted).Except(Enabled(folder));
        foreach (var controller in missing)
        {
            TryWrite(Path.Combine(folder, Control), "+" + controller);
        }
        return Enabled(folder).Intersect(Wanted).Any();
    }

    /// <summary>Makes a group that was given to this user ready for groups below it.</summary>
    public static bool TryTake(string folder)
    {
        if (TryEnable(folder))
        {
            return true;
        }
        var beside = Path.Combine(folder, OwnGroup);
        try
        {
            Directory.CreateDirectory(beside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        var all = Read(Path.Combine(folder, ControlGroupLayout.Processes));
        foreach (var pid in all)
        {
            TryWrite(Path.Combine(beside, ControlGroupLayout.Processes), pid);
        }
        return TryEnable(folder);
    }

    private static string[] Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void TryWrite(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is enabled after all is looked at.
        }
    }
}
