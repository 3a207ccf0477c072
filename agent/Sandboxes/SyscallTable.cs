using System.Runtime.InteropServices;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// The numbers of the system calls that the filter knows, by processor. The denied calls change the machine, look into
/// its kernel, or create namespaces, in which a process would be root.
/// </summary>
internal sealed class SyscallTable
{
    /// <summary>The kernel's code of the processor in a filter's input (AUDIT_ARCH_*).</summary>
    public required uint Architecture { get; init; }

    public required IReadOnlyDictionary<string, uint> Denied { get; init; }

    public required uint Clone { get; init; }

    public required uint Unshare { get; init; }

    public required uint Ioctl { get; init; }

    /// <summary>This number is the same on all processors.</summary>
    public const uint Clone3 = 435;

    private static readonly (string Name, uint Number)[] Everywhere =
    [
        ("io_uring_setup", 425),
        ("io_uring_enter", 426),
        ("io_uring_register", 427),
        ("open_tree", 428),
        ("move_mount", 429),
        ("fsopen", 430),
        ("fsconfig", 431),
        ("fsmount", 432),
        ("fspick", 433),
        ("mount_setattr", 442),
        ("quotactl_fd", 443),
        ("open_tree_attr", 467),
    ];

    public static SyscallTable X64 { get; } =
        new()
        {
            Architecture = 0xC000003E,
            Clone = 56,
            Unshare = 272,
            Ioctl = 16,
            Denied = Join(
                ("syslog", 103),
                ("uselib", 134),
                ("ustat", 136),
                ("sysfs", 139),
                ("vhangup", 153),
                ("pivot_root", 155),
                ("_sysctl", 156),
                ("chroot", 161),
                ("acct", 163),
                ("settimeofday", 164),
                ("mount", 165),
                ("umount2", 166),
                ("swapon", 167),
                ("swapoff", 168),
                ("reboot", 169),
                ("iopl", 172),
                ("ioperm", 173),
                ("create_module", 174),
                ("init_module", 175),
                ("delete_module", 176),
                ("get_kernel_syms", 177),
                ("query_module", 178),
                ("quotactl", 179),
                ("nfsservctl", 180),
                ("lookup_dcookie", 212),
                ("clock_settime", 227),
                ("kexec_load", 246),
                ("add_key", 248),
                ("request_key", 249),
                ("keyctl", 250),
                ("perf_event_open", 298),
                ("fanotify_init", 300),
                ("name_to_handle_at", 303),
                ("open_by_handle_at", 304),
                ("clock_adjtime", 305),
                ("setns", 308),
                ("kcmp", 312),
                ("finit_module", 313),
                ("kexec_file_load", 320),
                ("bpf", 321),
                ("userfaultfd", 323)
            ),
        };

    public static SyscallTable Arm64 { get; } =
        new()
        {
            Architecture = 0xC00000B7,
            Clone = 220,
            Unshare = 97,
            Ioctl = 29,
            Denied = Join(
                ("lookup_dcookie", 18),
                ("umount2", 39),
                ("mount", 40),
                ("pivot_root", 41),
                ("nfsservctl", 42),
                ("chroot", 51),
                ("vhangup", 58),
                ("quotactl", 60),
                ("acct", 89),
                ("kexec_load", 104),
                ("init_module", 105),
                ("delete_module", 106),
                ("clock_settime", 112),
                ("syslog", 116),
                ("reboot", 142),
                ("settimeofday", 170),
                ("add_key", 217),
                ("request_key", 218),
                ("keyctl", 219),
                ("swapon", 224),
                ("swapoff", 225),
                ("perf_event_open", 241),
                ("fanotify_init", 262),
                ("name_to_handle_at", 264),
                ("open_by_handle_at", 265),
                ("clock_adjtime", 266),
                ("setns", 268),
                ("kcmp", 272),
                ("finit_module", 273),
                ("bpf", 280),
                ("userfaultfd", 282),
                ("kexec_file_load", 294)
            ),
        };

    /// <summary>The table of this machine; null for a processor without a table.</summary>
    public static SyscallTable? Here =>
        RuntimeInformation.ProcessArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => X64,
            System.Runtime.InteropServices.Architecture.Arm64 => Arm64,
            _ => null,
        };

    private static Dictionary<string, uint> Join(params (string Name, uint Number)[] own) =>
        own.Concat(Everywhere).ToDictionary(call => call.Name, call => call.Number);
}
