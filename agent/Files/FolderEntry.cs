using System.Text;
using System.Text.Unicode;

namespace Trainyard.Agent.Files;

/// <summary>What an entry of a folder is, as far as it matters here.</summary>
internal enum EntryType
{
    File,
    Folder,
    Link,

    /// <summary>A pipe, a socket, a device.</summary>
    Special,
}

/// <summary>An entry of a folder. Its name is bytes: on Linux anything but <c>/</c> and 0.</summary>
internal sealed record FolderEntry(byte[] Name, EntryType Type)
{
    /// <summary>The name as text; null when it is none.</summary>
    public string? Text => Utf8.IsValid(Name) ? Encoding.UTF8.GetString(Name) : null;

    /// <summary>The name for a person, whatever it is; bytes that are no text as <c>\xff</c>.</summary>
    public string Shown => PrintableText.Of(Text ?? string.Concat(Name.Select(Shows)));

    private static string Shows(byte b) => b < 0x80 ? ((char)b).ToString() : $"\\x{b:x2}";
}
