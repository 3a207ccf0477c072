using Trainyard.Agent.Node;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What the agent finds out about its machine.</summary>
public sealed class NodeFacts
{
    [Fact]
    public void GPUs_are_the_ones_nvidia_smi_lists_and_their_parts_are_not()
    {
        const string listing = """
            GPU 0: NVIDIA H200 (UUID: GPU-c5b4c1a2-0000)
              MIG 1g.18gb     Device  0: (UUID: MIG-1)
            GPU 1: NVIDIA H200 (UUID: GPU-c5b4c1a2-0001)
            """;

        Assert.Equal([0, 1], GpuProbe.Parse(listing));
        Assert.Empty(GpuProbe.Parse("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."));
    }

    [Fact]
    public void A_run_gets_free_GPUs_of_its_own_and_gives_them_back()
    {
        var slots = new SlotTable([0, 1, 2], cpuSlots: 9);
        var first = slots.TryTake(2)!;
        var released = slots.Released;

        Assert.Equal([0, 1], first.Gpus);
        Assert.Null(slots.TryTake(2));
        Assert.Equal([2], slots.TryTake(1)!.Gpus);
        slots.Release(first);
        Assert.True(released.IsCompleted);
        Assert.Equal([0, 1], slots.TryTake(2)!.Gpus);
    }

    [Fact]
    public void A_node_keeps_its_id_and_a_copy_of_it_on_another_machine_gets_one_of_its_own()
    {
        using var work = new TemporaryFolder();
        var id = NodeIdentity.LoadOrCreate(work.Path, "this machine");

        Assert.Equal(id, NodeIdentity.LoadOrCreate(work.Path, "this machine"));
        var copy = NodeIdentity.LoadOrCreate(work.Path, "another machine");
        Assert.NotEqual(id, copy);
        Assert.Equal(copy, NodeIdentity.LoadOrCreate(work.Path, "another machine"));
    }

    [Fact]
    public void A_node_of_before_keeps_its_id()
    {
        using var work = new TemporaryFolder();
        File.WriteAllText(Path.Combine(work.Path, "node-id"), "rack-7-1a2b3c4d");

        Assert.Equal("rack-7-1a2b3c4d", NodeIdentity.LoadOrCreate(work.Path, "this machine"));
        Assert.NotEqual("rack-7-1a2b3c4d", NodeIdentity.LoadOrCreate(work.Path, "another machine"));
    }

    [Fact]
    public void A_machine_is_the_same_machine_every_time() =>
        Assert.Equal(MachineFingerprint.Read(), MachineFingerprint.Read());

    [Fact]
    public void A_CPU_node_has_slots_and_no_GPUs()
    {
        var slots = new SlotTable([], cpuSlots: 2);

        Assert.Equal((0, 2), (slots.Gpus, slots.Slots));
        Assert.Empty(slots.TryTake(1)!.Gpus);
    }

    [Fact]
    public async Task A_process_number_that_was_given_to_somebody_else_is_not_killed()
    {
        await using var foreign = ChildProcess.Start("setsid", ["sleep", "600"]);
        var entry = await Eventually.Get(
            "its own session",
            () => Task.FromResult(ProcessEntry.Read(foreign.Id) is { } p && p.Session == foreign.Id ? p : null),
            TimeSpan.FromSeconds(10)
        );
        var mark = new ProcessMark(foreign.Id, entry.StartTime - 1, "DOWNWARD_API_POD_NAME=none");

        Assert.Empty(new ProcessGroup(mark, ours: false, TimeProvider.System).Members());
        Assert.Empty(new ProcessGroup(mark, ours: true, TimeProvider.System).Members());
    }

    [Fact]
    public void Programs_outside_the_system_are_shown_without_what_lies_beside_them()
    {
        using var folder = new TemporaryFolder();
        var bin = folder.Folder("user/.local/bin");
        var lib = folder.Folder("user/.local/lib");
        folder.Folder("user/.local/share/trainyard/agent");
        var home = Path.Combine(folder.Path, "user/.local/share/trainyard");

        var shown = ProgramFolders.Outside($"/usr/bin:{bin}:{folder.Path}/user:/:{home}/bin", home);

        Assert.Equal([bin, lib], shown);
    }
}
