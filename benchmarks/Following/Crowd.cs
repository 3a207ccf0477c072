namespace Trainyard.Benchmarks.Following;

/// <summary>What many followers of one run cost the service.</summary>
internal static class Crowd
{
    private const int Followers = 500;

    private const string Program = """
        import time
        for line in range(600):
            print(f"step {line} loss 0.5", flush=True)
            time.sleep(0.1)
        """;

    public static async Task MeasureAsync()
    {
        await using var service = await FollowedService.StartAsync();
        var run = await service.SubmitAsync(Program);
        var before = service.Uses().First().Use;
        var lines = new int[Followers];
        await Task.WhenAll(
            Enumerable
                .Range(0, Followers)
                .Select(i =>
                    Task.Run(() =>
                        Follower.ReadAsync(
                            service.Client,
                            run,
                            line => lines[i] += line.StartsWith("step ", StringComparison.Ordinal) ? 1 : 0
                        )
                    )
                )
        );
        var after = service.Uses().First().Use;
        Console.WriteLine(
            $"crowd: {Followers} followers for a minute, each got {lines.Min()} to {lines.Max()} of 600 lines: the service used "
                + $"{after.CpuSeconds - before.CpuSeconds:0.0} s of processors and at most {after.PeakBytes >> 20} MiB "
                + $"({before.ResidentBytes >> 20} MiB before)"
        );
    }
}
