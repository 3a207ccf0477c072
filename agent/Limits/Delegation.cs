using System.Globalization;

namespace Trainyard.Agent.Limits;

/// <summary>
/// In version 2, a group can pass its controllers on only while it has no processes itself. So its processes, the
/// agent among them, move into a group next to those of the commands.
/// </summary>
internal static class Delegation
{
    private const string Control = "cgroup.subtree_control";

    /// <summary>The group of the agent itself and of the processes that were in the parent group.</summary>
    public const string OwnGroup = "trainyard-agent";

    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    /// <summary>The controllers that are enabled for the groups below a folder.</summary>
    public static IReadOnlyList<string> Enabled(string folder) => Read(Path.Combine(folder, Control));

    /// <returns>Whether any wanted controller is enabled for the groups below.</returns>
    public static bool TryEnable(string folder)
    {
        var missing = Read(Path.Combine(folder, "cgroup.controllers")).Intersect(Wanted).Except(Enabled(folder));
        foreach (var controller in missing)
        {
            TryWrite(Path.Combine(folder, Control), "+" + controller);
        }
        return Enabled(folder).Intersect(Wanted).Any();
    }

    /// <summary>Prepares a group that was delegated to this user for groups below it.</summary>
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
            // The caller checks afterwards which controllers are enabled.
        }
    }
}
