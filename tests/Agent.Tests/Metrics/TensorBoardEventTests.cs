using Trainyard.Agent.Jobs;
using Trainyard.Agent.Metrics;
using Trainyard.Manifests.Metrics;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>Scalars of TensorBoard's event files, as they are written.</summary>
public sealed class TensorBoardEventTests : IDisposable
{
    private const double Time = 1_795_774_272.5;
    private readonly Collected _collected = new();
    private readonly AttemptFolders _folders;

    public TensorBoardEventTests() =>
        _folders = new AttemptFolders(Path.Combine(_collected.Folder.Path, "attempt"), JobNames.For("data", "results"));

    public void Dispose() => _collected.Dispose();

    [Fact]
    public void The_checksum_is_the_one_that_real_files_begin_with()
    {
        // The first bytes of any file of TensorFlow's: the length 24, and its checksum.
        byte[] header = [0x18, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22];

        Assert.Equal(header, EventFileWriter.Version[..12]);
    }

    [Fact]
    public void Scalars_of_a_step_are_one_record_of_the_folder_s_group()
    {
        var events = Follow();
        Write(
            "tb/train/events.out.tfevents.1.host",
            EventFileWriter.Version,
            EventFileWriter.Scalars(Time, 10, ("loss", 0.5), ("accuracy", 0.25)),
            // As PyTorch writes: each by itself.
            EventFileWriter.Scalars(Time + 1, 20, ("loss", 0.125)),
            EventFileWriter.Scalars(Time + 1, 20, ("accuracy", 0.75))
        );
        Write("tb/test/events.out.tfevents.1.host", EventFileWriter.Tensors(Time, 10, ("loss", 1.5)));

        events.Advance(atEnd: true);

        Assert.Equal(
            [
                "test iteration=10 timestamp=2026-11-27T10:11:12.500Z wall_time=1795774272.5 -> loss=1.5",
                "train iteration=10 timestamp=2026-11-27T10:11:12.500Z wall_time=1795774272.5 -> loss=0.5 accuracy=0.25",
                "train iteration=20 timestamp=2026-11-27T10:11:13.500Z wall_time=1795774273.5 -> loss=0.125 accuracy=0.75",
            ],
            _collected.Records.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_record_that_is_half_written_waits_for_its_rest()
    {
        var events = Follow();
        var record = EventFileWriter.Scalars(Time, 1, ("loss", 0.5));
        foreach (var half in new[] { record[..5], record[5..20], record[20..] })
        {
            Write("tb/events.out.tfevents.1.host", half);
            events.Advance(atEnd: false);
        }

        events.Advance(atEnd: false);

        Assert.StartsWith("tb iteration=1 ", Assert.Single(_collected.Records));
        Assert.Empty(_collected.Told);
    }

    [Fact]
    public void A_broken_file_is_told_and_given_up_and_the_others_go_on()
    {
        var events = Follow();
        var broken = EventFileWriter.Scalars(Time, 1, ("loss", 0.5));
        broken[20] ^= 1;
        Write("tb/a/events.out.tfevents.1.host", broken);
        Write("tb/b/events.out.tfevents.1.host", "this is a text and no event"u8.ToArray());
        Write("tb/c/events.out.tfevents.1.host", EventFileWriter.Scalars(Time, 1, ("loss", 0.5)));
        foreach (var _ in Enumerable.Range(1, 5))
        {
            events.Advance(atEnd: false);
        }

        Assert.StartsWith("c iteration=1 ", Assert.Single(_collected.Records));
        Assert.Contains("a/events.out.tfevents.1.host", Assert.Single(_collected.Told));
    }

    [Fact]
    public void Large_records_are_stepped_over_and_numbers_that_are_none_pass()
    {
        var events = Follow();
        Write(
            "tb/events.out.tfevents.1.host",
            EventFileWriter.Record(new byte[3_000_000]),
            EventFileWriter.Scalars(double.NaN, -1, ("loss", double.NaN), ("other", double.PositiveInfinity))
        );

        events.Advance(atEnd: true);

        Assert.Equal(["tb iteration=-1 -> loss=NaN other=Infinity"], _collected.Records);
    }

    [Fact]
    public void A_folder_that_is_called_by_a_number_is_a_part_of_the_run()
    {
        var events = new EventFolder(Place("$LOG_DIR"), _collected.Sink, _collected.Told.Add);
        Write("7/tb/events.out.tfevents.1.host", EventFileWriter.Scalars(Time, 1, ("loss", 0.5)));

        events.Advance(atEnd: true);

        Assert.Equal("7", Assert.Single(_collected.Lines).GetProperty("meta").GetProperty("subid").GetString());
    }

    [Fact]
    public void No_link_leads_out_of_the_job()
    {
        var elsewhere = _collected.Folder.Folder("elsewhere/train");
        File.WriteAllBytes(
            Path.Combine(elsewhere, "events.out.tfevents.1.host"),
            EventFileWriter.Scalars(Time, 1, ("loss", 0.5))
        );
        Directory.CreateSymbolicLink(Path.Combine(_folders.Logs, "tb"), Path.GetDirectoryName(elsewhere)!);

        Follow().Advance(atEnd: true);

        Assert.Empty(_collected.Text);
    }

    private EventFolder Follow() => new(Place("$JOB_STATE_DIR/logs/tb"), _collected.Sink, _collected.Told.Add);

    private JobPlace Place(string text) => new(_folders, MetricPlace.Parse(text)!);

    private void Write(string path, params byte[][] records)
    {
        var file = Path.Combine(_folders.Logs, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = new FileStream(file, FileMode.Append);
        foreach (var record in records)
        {
            stream.Write(record);
        }
    }
}
