using System.Globalization;

namespace Trainyard.Chaos.Sharing;

/// <summary>A command that had GPUs, as it wrote it down on its host itself; without an end where it was killed.</summary>
internal sealed record GpuUse(string RunId, int Gpus, double Begin, double? End);

/// <summary>What the hosts wrote down.</summary>
internal static class GpuRecords
{
    /// <summary>
    /// What a run's command does for so many seconds: it holds a lock for each of its GPUs, which nobody else may have, and writes
    /// down what it had. A lock is held as long as any process of it lives.
    /// </summary>
    public const string Script = """
        records=$(printf %s "$RESULT_DIR" | sed 's#\(.*/gpus-[0-9]*\)/.*#\1.records#')
        lock=10
        count=0
        for gpu in ${CUDA_VISIBLE_DEVICES//,/ }; do
          eval "exec $lock>\"$records/lock-$gpu\""
          flock -n $lock || echo "$TRAINING_ID was given GPU $gpu that another had" >>"$records/wrong"
          lock=$((lock + 1))
          count=$((count + 1))
        done
        [ $count = $2 ] || echo "$TRAINING_ID has $count GPUs instead of $2" >>"$records/wrong"
        token=$(cat /proc/sys/kernel/random/uuid)
        echo "begin $EPOCHREALTIME $token $TRAINING_ID $count" >>"$records/uses"
        sleep $1
        echo "end $EPOCHREALTIME $token" >>"$records/uses"
        until echo $token >"$RESULT_DIR/token"; do sleep 0.2; done 2>/dev/null
        """;

    /// <summary>What commands found that must not be.</summary>
    public static IEnumerable<string> Wrong(string folder) => Lines(folder, "wrong");

    public static IReadOnlyList<GpuUse> Uses(string folder)
    {
        var uses = new Dictionary<string, GpuUse>();
        foreach (var line in Lines(folder, "uses"))
        {
            switch (line.Split(' '))
            {
                case ["begin", var at, var token, var run, var gpus]:
                    uses[token] = new GpuUse(
                        run,
                        int.Parse(gpus, CultureInfo.InvariantCulture),
                        Seconds(at),
                        End: null
                    );
                    break;
                case ["end", var at, var token] when uses.TryGetValue(token, out var use):
                    uses[token] = use with { End = Seconds(at) };
                    break;
            }
        }
        return [.. uses.Values];
    }

    /// <summary>Each owner's part of the GPU seconds, as long as runs of all of them were still to begin.</summary>
    public static IReadOnlyDictionary<string, double> Shares(
        IReadOnlyList<GpuUse> uses,
        IReadOnlyDictionary<string, string> owners
    )
    {
        if (uses.Count == 0)
        {
            return new Dictionary<string, double>();
        }
        var until = uses.GroupBy(use => owners[use.RunId]).Min(own => own.Max(use => use.Begin));
        var seconds = uses.Where(use => use.End is not null && use.Begin <= until)
            .GroupBy(use => owners[use.RunId])
            .ToDictionary(own => own.Key, own => own.Sum(use => (use.End!.Value - use.Begin) * use.Gpus));
        return seconds.ToDictionary(own => own.Key, own => own.Value / seconds.Values.Sum());
    }

    private static string[] Lines(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
