using Trainyard.Agent.Gpus;
using Trainyard.Agent.Node;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What the agent finds out about its machine.</summary>
public sealed class NodeFactsTests
{
    [Fact]
    public void A_run_gets_free_GPUs_of_its_own_and_gives_them_back()
    {
        Gpu[] gpus = [new(0, "GPU-a"), new(1, "GPU-b"), new(2, "GPU-c")];
        var slots = new SlotTable(gpus, cpuSlots: 9);
        var first = slots.TryTake(2)!;
        var released = slots.Changed;

        Assert.Equal(gpus[..2], first.Gpus);
        Assert.Null(slots.TryTake(2));
        Assert.Equal(gpus[2..], slots.TryTake(1)!.Gpus);
        slots.Release(first);
        Assert.True(released.IsCompleted);
        Assert.Equal(gpus[..2], slots.TryTake(2)!.Gpus);
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
    public void A_GPU_that_is_gone_takes_its_slot_along_and_brings_it_back()
    {
        Gpu first = new(0, "GPU-a");
        var slots = new SlotTable([first, new(1, "GPU-b")], cpuSlots: 9);
        var grant = slots.TryTake(2)!;
        var changed = slots.Changed;

        // The driver counts anew when one is missing.
        Assert.True(slots.Update([new Gpu(0, "GPU-b")]));
        Assert.True(changed.IsCompleted);
        Assert.False(slots.Update([new Gpu(0, "GPU-b")]));
        Assert.Equal((1, 1, 0), (slots.Gpus, slots.Slots, slots.Free));
        slots.Release(grant);
        Assert.Equal([new Gpu(0, "GPU-b")], slots.TryTake(1)!.Gpus);
        Assert.Null(slots.TryTake(1));

        Assert.True(slots.Update([]));
        Assert.Equal((0, 0, 0), (slots.Gpus, slots.Slots, slots.Free));
        Assert.True(slots.Update([first, new Gpu(1, "GPU-b"), new Gpu(2, "GPU-c")]));
        Assert.Equal((3, 2), (slots.Gpus, slots.Free));
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
