using System.Diagnostics;
using Trainyard.Manifests;

namespace Trainyard.Benchmarks.Manifests;

/// <summary>Time to parse and validate one manifest, for those of the two documented years.</summary>
internal static class ParseTimes
{
    private const int WarmUps = 2_000;
    private const int Times = 5_000;

    public static int Run()
    {
        foreach (var name in (string[])["dialect-c-author.yaml", "dialect-b.yaml", "own-all.yaml"])
        {
            Measure(name);
        }

        return 0;
    }

    private static void Measure(string name)
    {
        var bytes = CorpusFiles.One(name);
        var cold = Once(bytes);
        for (var i = 0; i < WarmUps; i++)
        {
            Once(bytes);
        }

        var times = Enumerable.Range(0, Times).Select(_ => Once(bytes)).Order().ToList();
        Console.WriteLine(
            $"{name, -24} {bytes.Length, 5} bytes   first {cold, 7:F2} ms   p50 {times[Times / 2]:F3} ms   p99 {times[Times * 99 / 100]:F3} ms"
        );
    }

    private static double Once(byte[] bytes)
    {
        var started = Stopwatch.GetTimestamp();
        var result = ManifestParser.Parse(bytes);
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return result.IsValid ? time : throw new InvalidOperationException("It should be valid.");
    }
}
