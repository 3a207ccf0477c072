using Trainyard.Agent.Jobs;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// The command's own <c>passwd</c>, <c>group</c> and <c>hosts</c>: copies of the machine's files with the command's
/// user and the learners' host names added, so that programs find both.
/// </summary>
internal static class IdentityFiles
{
    /// <summary>Writes the files into the attempt's folder.</summary>
    /// <returns>Bubblewrap options that mount the files in <c>/etc</c>.</returns>
    public static IEnumerable<string> Write(AttemptFolders folders, CommandUser user, LearnerHosts hosts)
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
            .. Show(folder, "hosts", text => Names(hosts) + text),
        ];
    }

    // Some programs tell others the address of their own host name, so among several it is not the loopback's.
    internal static string Names(LearnerHosts hosts) =>
        hosts.Addresses.Count == 1
            ? $"127.0.0.1\tlocalhost {hosts.OwnName}\n"
            : "127.0.0.1\tlocalhost\n" + string.Concat(hosts.All.Select(host => $"{host.Address}\t{host.Name}\n"));

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
