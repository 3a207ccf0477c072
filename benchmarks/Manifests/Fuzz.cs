using System.Diagnostics;
using System.Text;
using Trainyard.Manifests;
using Trainyard.Manifests.Canonical;
using Trainyard.Manifests.Excerpts;

namespace Trainyard.Benchmarks.Manifests;

/// <summary>Parses mutated manifests, and the excerpt of every problem, and holds each to the promised bounds.</summary>
internal static class Fuzz
{
    private const double MostMilliseconds = 50;
    private const long MostBytes = 64L << 20;
    private const int Attempts = 10;

    public static int Run(FuzzOptions options)
    {
        var seeds = CorpusFiles.All();
        foreach (var seed in seeds)
        {
            // Compiled before it is measured.
            Parse(seed);
        }

        var mutator = new Mutator(seeds, options.Seed);
        var shapes = HostileShapes.All().ToList();
        var times = new double[shapes.Count + options.Count];
        var (crashes, valid, slow, largest, mostBytes) = (0, 0, 0, 0, 0L);
        for (var i = 0; i < times.Length; i++)
        {
            var bytes = i < shapes.Count ? shapes[i] : mutator.Next();
            largest = Math.Max(largest, bytes.Length);
            try
            {
                var (result, time, allocated) = Parse(bytes);
                // A pause of the machine is not the parser's: a slow one gets another chance.
                for (var again = 1; time > MostMilliseconds && again < Attempts; again++)
                {
                    time = Math.Min(time, Parse(bytes).Time);
                }

                valid += result.IsValid ? 1 : 0;
                slow += time > MostMilliseconds ? 1 : 0;
                mostBytes = Math.Max(mostBytes, allocated);
                times[i] = time;
                Report(bytes, i, time, allocated);
            }
            catch (Exception e)
            {
                crashes++;
                Console.WriteLine($"CRASH at {i}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}");
                Save(bytes, i);
            }
        }

        Array.Sort(times);
        Console.WriteLine(
            $"""
            mutated manifests    {options.Count} (seed {options.Seed}, from {seeds.Count} of the corpus, up to {largest} bytes)
            hostile shapes       {shapes.Count} of {HostileShapes.Size} bytes
            crashes              {crashes}
            still valid          {valid}
            time p50             {times[times.Length / 2]:F3} ms
            time p99             {times[(int)(times.Length * 0.99)]:F3} ms
            time worst           {times[^1]:F3} ms (promised: {MostMilliseconds:F0} ms), over it: {slow}
            memory worst         {mostBytes / 1048576.0:F2} MiB allocated (promised: {MostBytes >> 20} MiB)
            """
        );
        return crashes == 0 && slow == 0 && mostBytes <= MostBytes ? 0 : 1;
    }

    private static (ManifestParseResult Result, double Time, long Allocated) Parse(byte[] bytes)
    {
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        var result = ManifestParser.Parse(bytes);
        if (result.IsValid)
        {
            CanonicalManifest.Write(result.Manifest, result.Secrets);
        }
        else
        {
            ProblemExcerpt.Render(Encoding.UTF8.GetString(bytes), result.Errors[0]);
        }

        return (
            result,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            GC.GetAllocatedBytesForCurrentThread() - allocatedBefore
        );
    }

    private static void Report(byte[] bytes, int number, double time, long allocated)
    {
        if (time > MostMilliseconds || allocated > MostBytes)
        {
            Console.WriteLine($"SLOW OR LARGE at {number}: {time:F1} ms, {allocated} bytes");
            Save(bytes, number);
        }
    }

    private static void Save(byte[] bytes, int number)
    {
        var path = Path.Combine(Path.GetTempPath(), $"manifest-fuzz-{number}.yaml");
        File.WriteAllBytes(path, bytes);
        Console.WriteLine($"  kept as {path}");
    }
}
