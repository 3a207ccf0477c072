using Trainyard.Agent.Gpus;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Which GPUs an agent has, by what the driver says and what the agent was started with.</summary>
public sealed class GpuListingTests
{
    private const string Listing = """
        GPU 0: NVIDIA H200 (UUID: GPU-c5b4c1a2-0000)
        GPU 1: NVIDIA H200 (UUID: GPU-c5b4c1a2-0001)
          MIG 3g.71gb     Device  0: (UUID: MIG-5000-a)
          MIG 3g.71gb     Device  1: (UUID: MIG-5000-b)
        GPU 2: Tesla V100-SXM2-16GB (UUID: GPU-aaaa-0002)
        GPU 10: Tesla V100-SXM2-16GB (UUID: GPU-aaaa-0010)
        """;

    [Theory]
    [InlineData(null, "0:GPU-c5b4c1a2-0000 1:MIG-5000-a 1:MIG-5000-b 2:GPU-aaaa-0002 10:GPU-aaaa-0010")]
    [InlineData("2,10", "2:GPU-aaaa-0002 10:GPU-aaaa-0010")]
    [InlineData("10, 2", "2:GPU-aaaa-0002 10:GPU-aaaa-0010")]
    [InlineData("1", "1:MIG-5000-a 1:MIG-5000-b")]
    [InlineData("GPU-c5b4c1a2-0001", "1:MIG-5000-a 1:MIG-5000-b")]
    [InlineData("MIG-5000-b,0", "0:GPU-c5b4c1a2-0000 1:MIG-5000-b")]
    [InlineData("GPU-aaaa-0010", "10:GPU-aaaa-0010")]
    [InlineData("GPU-c5b4c1a2-0000,7,2", "0:GPU-c5b4c1a2-0000")]
    public void The_agent_s_own_variable_chooses_among_them(string? visible, string expected)
    {
        var found = GpuProbe.Read(Listing, visible);

        Assert.Equal(GpuState.Found, found.State);
        Assert.Equal(expected, string.Join(' ', found.Gpus.Select(gpu => $"{gpu.Index}:{gpu.Uuid}")));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("GPU-bbbb")]
    [InlineData("two")]
    public void A_name_that_no_GPU_has_is_no_wish_for_CPU_slots(string visible)
    {
        var found = GpuProbe.Read(Listing, visible);

        Assert.Equal(GpuState.Broken, found.State);
        Assert.Contains($"CUDA_VISIBLE_DEVICES={visible} of the agent names no GPU", found.Why);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("NoDevFiles")]
    public async Task A_variable_that_names_none_is_a_wish_for_CPU_slots(string visible)
    {
        var found = await new GpuProbe(visible, TimeSpan.FromSeconds(10)).ListAsync(CancellationToken.None);

        Assert.Equal((GpuState.None, 0), (found.State, found.Gpus.Count));
    }

    [Fact]
    public void A_driver_that_lists_none_is_broken() =>
        Assert.Equal(GpuState.Broken, GpuProbe.Read("No devices found.\n", null).State);

    [Fact]
    public void Device_nodes_are_told_by_the_driver_where_their_numbers_differ()
    {
        using var folder = new TemporaryFolder();
        folder.Write("0000:3b:00.0/information", "Model: \t\t Tesla\nDevice Minor: \t 1\n");
        folder.Write("0000:86:00.0/information", "Model: \t\t Tesla\nDevice Minor: \t 0\n");

        Assert.Equal(new Dictionary<int, int> { [0] = 1, [1] = 0 }, GpuDevices.Minors(folder.Path));
    }
}
