using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Files;

/// <summary>
/// An open folder. Its entries are opened by name below the handle, never by a path, so any depth and any bytes in
/// names work.
/// </summary>
internal sealed class OpenFolder : IDisposable
{
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private readonly SafeFileHandle _handle;
    private readonly bool _unlocks;

    private OpenFolder(SafeFileHandle handle, bool unlocks)
    {
        _handle = handle;
        _unlocks = unlocks;
    }

    /// <param name="path">The folder.</param>
    /// <param name="unlocks">
    /// Whether to first give the owner all rights to the folder and to folders opened in it.
    /// </param>
    /// <returns>Null when the folder does not exist or cannot be opened.</returns>
    public static OpenFolder? TryOpen(string path, bool unlocks)
    {
        if (unlocks)
        {
            FileCalls.Unlock(path);
        }
        return Of(FileCalls.OpenFolder(path), unlocks);
    }

    /// <inheritdoc cref="TryOpen(string, bool)" />
    public OpenFolder? TryOpen(byte[] name)
    {
        if (_unlocks)
        {
            FileCalls.Unlock(_handle, name);
        }
        return Of(FileCalls.OpenFolder(_handle, name), _unlocks);
    }

    /// <summary>Opens a file in the folder for reading.</summary>
    /// <returns>Null for anything but a readable regular file.</returns>
    public SafeFileHandle? TryOpenFile(byte[] name)
    {
        var file = FileCalls.OpenFile(_handle, name);
        if (!file.IsInvalid && FileCalls.TypeOf(file) == EntryType.File)
        {
            return file;
        }
        file.Dispose();
        return null;
    }

    /// <summary>All entries, in the disk's order; entries may be deleted during the enumeration.</summary>
    public IEnumerable<FolderEntry> Entries()
    {
        // A separate handle has its own read position.
        using var own = TryOpen("."u8.ToArray());
        var entries = own is null ? 0 : FileCalls.OpenEntries(own._handle);
        if (entries == 0)
        {
            yield break;
        }
        try
        {
            while (FileCalls.NextEntry(entries) is var entry && entry != 0)
            {
                if (Read(entry) is { } read)
                {
                    yield return read;
                }
            }
        }
        finally
        {
            FileCalls.CloseEntries(entries);
        }
    }

    /// <summary>The disk space of an entry; nothing when it is gone.</summary>
    public DiskUse UseOf(FolderEntry entry)
    {
        var (bytes, links) = FileCalls.SizeOf(_handle, entry.Name);
        // A folder has a link in each folder inside it.
        return new DiskUse(bytes, entry.Type == EntryType.Folder ? 1 : Math.Max(1, links));
    }

    public bool TryDeleteFile(byte[] name) => FileCalls.DeleteFile(_handle, name);

    /// <summary>Deletes an empty folder.</summary>
    public bool TryDeleteFolder(byte[] name) => FileCalls.DeleteFolder(_handle, name);

    public bool TryMove(byte[] name, OpenFolder to, byte[] newName) =>
        FileCalls.Move(_handle, name, to._handle, newName);

    public void Dispose() => _handle.Dispose();

    private static OpenFolder? Of(SafeFileHandle handle, bool unlocks)
    {
        if (!handle.IsInvalid)
        {
            return new OpenFolder(handle, unlocks);
        }
        handle.Dispose();
        return null;
    }

    private FolderEntry? Read(nint entry)
    {
        var length = 0;
        while (Marshal.ReadByte(entry, NameOffset + length) != 0)
        {
            length++;
        }
        var name = new byte[length];
        Marshal.Copy(entry + NameOffset, name, 0, length);
        var isSelf = name is [(byte)'.'] or [(byte)'.', (byte)'.'];
        return isSelf ? null : new FolderEntry(name, TypeOf(Marshal.ReadByte(entry, TypeOffset), name));
    }

    private EntryType TypeOf(byte type, byte[] name) =>
        type switch
        {
            4 => EntryType.Folder,
            8 => EntryType.File,
            10 => EntryType.Link,
            // Some file systems do not return the type.
            0 => FileCalls.TypeOf(_handle, name),
            _ => EntryType.Special,
        };
}
