using Xunit.Abstractions;

namespace Trainyard.Chaos.Sharing;

/// <summary>Some runs and two of the faults at every run of the tests; the whole story is started by hand.</summary>
public sealed class SharingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_GPU_is_given_twice_though_an_agent_is_killed_and_another_frozen_beyond_its_lease()
    {
        using var told = new StringWriter();

        var wrong = await SharingStory.RunAsync(SharingPlan.Short(seed: 1), told, CancellationToken.None);

        output.WriteLine($"{told}");
        Assert.True(wrong.Count == 0, $"{told}\n{string.Join('\n', wrong)}");
    }
}
