using System.Text;
using System.Text.Unicode;

namespace Trainyard.Agent.Files;

/// <summary>The type of a folder's entry, as far as the agent needs it.</summary>
internal enum EntryType
{
    File,
    Folder,
    Link,

    /// <summary>A pipe, a socket or a device.</summary>
    Special,
}

/// <summary>An entry of a folder. Its name is bytes: on Linux, anything except <c>/</c> and 0.</summary>
internal sealed record FolderEntry(byte[] Name, EntryType Type)
{
    /// <summary>The name as text; null when it is not valid UTF-8.</summary>
    public string? Text => Utf8.IsValid(Name) ? Encoding.UTF8.GetString(Name) : null;

    /// <summary>The name for display; invalid bytes are shown as <c>\xff</c>.</summary>
    public string Shown => PrintableText.Of(Text ?? string.Concat(Name.Select(Shows)));

    private static string Shows(byte b) => b < 0x80 ? ((char)b).ToString() : $"\\x{b:x2}";
}
