using System.Globalization;

namespace Trainyard.Chaos.Sharing;

/// <summary>A command that had GPUs, as it wrote it down on its host itself.</summary>
/// <param name="RunId">Its run.</param>
/// <param name="Gpus">How many it had.</param>
/// <param name="Begin">In seconds since 1970.</param>
/// <param name="Until">When it last wrote that it has them; it does so twice a second.</param>
/// <param name="HasEnded">Whether it came to its end; else it was killed.</param>
internal sealed record GpuUse(string RunId, int Gpus, double Begin, double Until, bool HasEnded)
{
    /// <summary>Its GPU seconds up to a time.</summary>
    public double SecondsBefore(double time) => Math.Max(0, Math.Min(Until, time) - Begin) * Gpus;
}

/// <summary>What the hosts wrote down.</summary>
internal static class GpuRecords
{
    /// <summary>
    /// What a run's command does for so many milliseconds: it holds a lock for each of its GPUs, which nobody else may have, and writes
    /// down what it has, again and again. A lock is held as long as any process of it lives.
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
        begin=${EPOCHREALTIME/./}
        echo "begin $EPOCHREALTIME $token $TRAINING_ID $count" >>"$records/uses"
        while left=$(($1 * 1000 + begin - ${EPOCHREALTIME/./})); [ $left -gt 0 ]; do
          if [ $left -lt 500000 ]; then sleep 0.$(printf %06d $left); else sleep 0.5; fi
          echo "held $EPOCHREALTIME $token" >>"$records/uses"
        done
        until echo $token >"$RESULT_DIR/token"; do sleep 0.2; done 2>/dev/null
        echo "end $EPOCHREALTIME $token" >>"$records/uses"
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
                        Seconds(at),
                        HasEnded: false
                    );
                    break;
                case [var word, var at, var token] when uses.TryGetValue(token, out var use):
                    uses[token] = use with { Until = Seconds(at), HasEnded = word == "end" };
                    break;
            }
        }
        return [.. uses.Values];
    }

    private static string[] Lines(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
