using System.Diagnostics;

namespace Trainyard.Benchmarks.Following;

/// <summary>A log of 2 GiB, with one follower: memory stays flat.</summary>
internal static class Volume
{
    private const long Bytes = 2L << 30;

    private static readonly string Program = $"""
        import sys
        piece = (b"x" * 99 + b"\n") * 1000
        for _ in range({Bytes} // len(piece)):
            sys.stdout.buffer.write(piece)
        """;

    public static async Task MeasureAsync()
    {
        await using var service = await FollowedService.StartAsync();
        var clock = Stopwatch.StartNew();
        var run = await service.SubmitAsync(Program);
        var characters = await Follower.ReadAsync(service.Client, run, _ => { });
        Console.WriteLine(
            $"volume: {characters >> 20:N0} MiB of a log followed to the run's end in {clock.Elapsed.TotalSeconds:0} s"
        );
        foreach (var (name, use) in service.Uses())
        {
            Console.WriteLine(
                $"volume: {name} used {use.CpuSeconds:0.0} s of processors and at most {use.PeakBytes >> 20} MiB"
            );
        }
    }
}
