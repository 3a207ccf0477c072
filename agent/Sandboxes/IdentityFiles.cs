using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// The command's own <c>passwd</c>, <c>group</c> and <c>hosts</c>: copies of the machine's files with the command's
/// user and host name added, so that programs find both.
/// </summary>
internal static class IdentityFiles
{
    public const string Host = "learner-1";

    /// <summary>Writes the files into the attempt's folder.</summary>
    /// <returns>Bubblewrap options that mount the files in <c>/etc</c>.</returns>
    public static IEnumerable<string> Write(AttemptFolders folders, CommandUser user)
    {
        var folder = Directory.CreateDirectory(Path.Combine(folders.Root, "etc")).FullName;
        return
        [
            .. Show(
                folder,
                "passwd",
                text => WithEntry(text, 2, user.Id, $"trainer:x:{user.Id}:{user.Id}::/home/trainer:/bin/sh")
            ),
            .. Show(folder, "group", text => WithEntry(text, 2, user.Id, $"trainer:x:{user.Id}:")),
            .. Show(folder, "hosts", text => $"127.0.0.1\tlocalhost {Host}\n" + text),
        ];
    }

    internal static string WithEntry(string text, int field, uint id, string entry) =>
        text.Split('\n').Any(line => line.Split(':') is var parts && parts.Length > field && parts[field] == $"{id}")
            ? text
            : $"{text.TrimEnd('\n')}\n{entry}\n".TrimStart('\n');

    private static string[] Show(string folder, string name, Func<string, string> change)
    {
        var own = Path.Combine(folder, name);
        File.WriteAllText(own, change(Machine(name)));
        File.SetUnixFileMode(own, ReadableByAll);
        return ["--ro-bind", own, $"/etc/{name}"];
    }

    private static string Machine(string name)
    {
        try
        {
            return File.ReadAllText($"/etc/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
}
