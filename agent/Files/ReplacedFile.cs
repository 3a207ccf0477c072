using System.Text.Json;

namespace Trainyard.Agent.Files;

/// <summary>
/// Replaces small files of the agent's own in one step: an agent that is killed meanwhile leaves the old content or the
/// new. Not flushed to the disk: after a power cut the agent does without them.
/// </summary>
internal static class ReplacedFile
{
    public static void Write<T>(string file, T content)
    {
        var next = file + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(content));
        File.Move(next, file, overwrite: true);
    }
}
