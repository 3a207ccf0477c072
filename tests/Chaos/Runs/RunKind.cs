using System.Globalization;

namespace Trainyard.Chaos.Runs;

/// <summary>A kind of run that a campaign submits: what it does, and how it must end whatever happens to the machines.</summary>
/// <param name="Name">Short, for the report.</param>
/// <param name="Script">Lines of shell; <c>$token</c> is one attempt's own, <c>put FILE COMMAND</c> keeps what it prints as a result.</param>
/// <param name="State">The state it must end in.</param>
/// <param name="Reason">The code of the reason it must end with; null for a completed one.</param>
internal sealed record RunKind(string Name, string Script, string State, string? Reason = null)
{
    /// <summary>Further lines of the manifest.</summary>
    public string Manifest { get; init; } = "";

    /// <summary>Whether the campaign cancels it while it runs.</summary>
    public bool IsCanceled { get; init; }

    /// <summary>Lines <c>line N</c> that the log must hold once each, in order.</summary>
    public int Lines { get; init; }

    /// <summary>Records that the metrics file must hold, once each.</summary>
    public int Records { get; init; }

    public static IReadOnlyList<RunKind> All { get; } =
    [
        Counting("short", lines: 20, pause: "0.05", "put model/weights echo result"),
        Counting("chatty", lines: 3000, pause: null, "put model/done echo done"),
        Counting("slow", lines: 60, pause: "0.1", "put model/slow echo slow"),
        Counting("many files", lines: 3, pause: null, "for i in $(seq 60); do put part-$i echo $i $token; done"),
        Counting("large file", lines: 3, pause: null, "put model/large head -c 12000000 /dev/urandom"),
        Counting("straight", lines: 3, pause: null, "put plots/large head -c 12000000 /dev/urandom"),
        Counting("data", lines: 3, pause: null, "put model/copy cat $DATA_DIR/a.txt $DATA_DIR/deep/b.bin"),
        Counting("metrics", lines: 5, pause: "0.1", Metrics),
        Counting("fails", lines: 10, pause: "0.05", "put model/partial echo partial; seal; exit 3") with
        {
            State = "error",
            Reason = "command_failed",
        },
        new RunKind("canceled", "put model/here echo here; seal; sleep 300", "canceled") { IsCanceled = true },
        new RunKind("too long", "put model/here echo here; seal; sleep 300", "error", "max_duration")
        {
            Manifest = "max_duration: 3s\n",
        },
    ];

    private const string Checkpoint = """
        put state/step echo 41
        """;

    private const string Metrics = """
        file=$LOG_DIR/evaluation-metrics.txt
        : >$file
        append() {
          size=$(stat -c %s $file)
          echo "$1" >>$file || { truncate -s $size $file; return 1; }
        }
        for i in $(seq 40); do
          until_done append '{"meta":{"time":'$(date +%s%3N)'},"grouplabel":"train","values":{"step":{"type":2,"value":"'$i'"}}}'
        done
        put model/metrics echo metrics
        """;

    private static RunKind Counting(string name, int lines, string? pause, string then)
    {
        var sleep = pause is null ? "" : $"sleep {pause};";
        var count = lines.ToString(CultureInfo.InvariantCulture);
        return new RunKind(name, $"for i in $(seq {count}); do echo line $i; {sleep} done\n{then}", "completed")
        {
            Lines = lines,
        };
    }
}
