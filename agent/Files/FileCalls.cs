using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Trainyard.Agent.Files;

/// <summary>
/// Functions of libc that work below an open folder, with names as bytes, as .NET has only paths as text.
/// </summary>
internal static unsafe partial class FileCalls
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const int RemoveFolder = 0x200;
    private const int CurrentFolder = -100;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const uint OwnerOnly = 0x1C0;
    private const int NotThroughLinks = 0x100;
    private const uint TypeMask = 1;
    private const int StatBytes = 256;
    private const int ModeOffset = 28;
    private const uint LinksMask = 0x4;
    private const int LinksOffset = 16;
    private const uint BlocksMask = 0x400;
    private const int BlocksOffset = 48;
    private const int BlockBytes = 512;
    private const uint NumberMask = 0x100;
    private const int NumberOffset = 32;
    private const int EmptyPath = 0x1000;

    // Two of the few flags whose values differ by processor.
    private static readonly bool IsArm =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;
    private static readonly int FolderOnly = IsArm ? 0x4000 : 0x10000;

    /// <summary>Opens a folder, never through a link; the handle is invalid when there is none.</summary>
    public static SafeFileHandle OpenFolder(string path) => OpenFolder(CurrentFolder, Encoding.UTF8.GetBytes(path));

    /// <summary>Opens a folder in another one.</summary>
    public static SafeFileHandle OpenFolder(SafeFileHandle parent, byte[] name) => OpenFolder(Number(parent), name);

    /// <summary>
    /// Opens a file in a folder for reading, never through a link and without waiting for the other end of a pipe.
    /// </summary>
    public static SafeFileHandle OpenFile(SafeFileHandle folder, byte[] name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            return openat(Number(folder), bytes, ReadOnly | NonBlocking | NoFollow | CloseOnExec, 0);
        }
    }

    /// <summary>Gives the owner of a folder, which is the agent, all rights to it.</summary>
    public static void Unlock(string path) => Unlock(CurrentFolder, Encoding.UTF8.GetBytes(path));

    /// <inheritdoc cref="Unlock(string)" />
    public static void Unlock(SafeFileHandle parent, byte[] name) => Unlock(Number(parent), name);

    public static EntryType TypeOf(SafeFileHandle folder, byte[] name)
    {
        var buffer = stackalloc byte[StatBytes];
        return Look(folder, name, TypeMask, buffer) ? TypeOf(buffer) : EntryType.Special;
    }

    /// <summary>The type of an open file.</summary>
    public static EntryType TypeOf(SafeFileHandle file)
    {
        var buffer = stackalloc byte[StatBytes];
        byte noName = 0;
        return statx(Number(file), &noName, EmptyPath, TypeMask, buffer) == 0 ? TypeOf(buffer) : EntryType.Special;
    }

    /// <summary>The disk space of an entry and the number of its hard links; nothing when it is gone.</summary>
    public static (long Bytes, uint Links) SizeOf(SafeFileHandle folder, byte[] name)
    {
        var buffer = stackalloc byte[StatBytes];
        return Look(folder, name, BlocksMask | LinksMask, buffer)
            ? (*(long*)(buffer + BlocksOffset) * BlockBytes, *(uint*)(buffer + LinksOffset))
            : default;
    }

    /// <summary>Identifies an open file among the existing files of the disk; 0 when unknown.</summary>
    public static ulong NumberOf(SafeFileHandle file)
    {
        var buffer = stackalloc byte[StatBytes];
        byte noName = 0;
        return statx(Number(file), &noName, EmptyPath, NumberMask, buffer) == 0 ? *(ulong*)(buffer + NumberOffset) : 0;
    }

    public static bool DeleteFile(SafeFileHandle folder, byte[] name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            return unlinkat(Number(folder), bytes, 0) == 0;
        }
    }

    public static bool DeleteFolder(SafeFileHandle folder, byte[] name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            return unlinkat(Number(folder), bytes, RemoveFolder) == 0;
        }
    }

    /// <summary>Moves an entry from one folder into another.</summary>
    public static bool Move(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName)
    {
        fixed (byte* source = Terminated(name))
        fixed (byte* target = Terminated(newName))
        {
            return renameat(Number(from), source, Number(to), target) == 0;
        }
    }

    /// <summary>Creates a hard link at a path that does not exist yet.</summary>
    public static bool Link(string path, string newPath)
    {
        fixed (byte* source = Terminated(Encoding.UTF8.GetBytes(path)))
        fixed (byte* target = Terminated(Encoding.UTF8.GetBytes(newPath)))
        {
            return link(source, target) == 0;
        }
    }

    /// <summary>The start of the data at or after a position; null when only a hole or nothing follows.</summary>
    public static long? NextData(SafeFileHandle file, long from) => Found(lseek(Number(file), from, SeekData));

    /// <summary>The start of the hole at or after a position; the end of the file counts as a hole.</summary>
    public static long? NextHole(SafeFileHandle file, long from) => Found(lseek(Number(file), from, SeekHole));

    /// <summary>Opens a stream over a folder's entries, and takes over the handle; 0 on failure.</summary>
    public static nint OpenEntries(SafeFileHandle folder)
    {
        var own = dup(Number(folder));
        return own < 0 ? 0 : fdopendir(own);
    }

    /// <returns>The address of the next entry, a 64-bit <c>struct dirent</c>; 0 at the end.</returns>
    public static nint NextEntry(nint entries) => readdir(entries);

    public static void CloseEntries(nint entries) => _ = closedir(entries);

    private static EntryType TypeOf(byte* found) =>
        (*(ushort*)(found + ModeOffset) & 0xF000) switch
        {
            0x4000 => EntryType.Folder,
            0x8000 => EntryType.File,
            0xA000 => EntryType.Link,
            _ => EntryType.Special,
        };

    private static SafeFileHandle OpenFolder(int parent, byte[] name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            return openat(parent, bytes, ReadOnly | FolderOnly | NoFollow | CloseOnExec, 0);
        }
    }

    // Changes the mode through the opened entry, so that a link put in its place has no effect elsewhere.
    private static void Unlock(int parent, byte[] name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            using var entry = openat(parent, bytes, PathOnly | FolderOnly | NoFollow | CloseOnExec, 0);
            if (entry.IsInvalid)
            {
                return;
            }
            fixed (byte* path = Terminated(Encoding.UTF8.GetBytes($"/proc/self/fd/{Number(entry)}")))
            {
                _ = chmod(path, OwnerOnly);
            }
        }
    }

    private static bool Look(SafeFileHandle folder, byte[] name, uint mask, byte* buffer)
    {
        fixed (byte* bytes = Terminated(name))
        {
            return statx(Number(folder), bytes, NotThroughLinks, mask, buffer) == 0;
        }
    }

    private static byte[] Terminated(byte[] name) => [.. name, 0];

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static long? Found(long position) => position < 0 ? null : position;

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle openat(int folder, byte* name, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int folder, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat(int from, byte* name, int to, byte* newName);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int link(byte* path, byte* newPath);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int chmod(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int folder, byte* name, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint fdopendir(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readdir(nint entries);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int closedir(nint entries);
}
