using System.Globalization;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>Explains the reason and the exit code of a failed run to its owner, with advice.</summary>
public static class FailureAdvice
{
    private const string AskOperator = "Ask the operator: the service's log says more.";
    private const string SubmitAgain = "Submit it again; `retries` in the manifest does that by itself.";
    private const string CheckCredentials = "Check the connection's keys in the manifest, or the secret that it names.";
    private const string CheckAddress = "Check the connection's address and its port.";

    private static readonly Dictionary<string, Meaning> ByCode = new(StringComparer.Ordinal)
    {
        ["command_failed"] = new(
            "The command ended with an error.",
            "Read its last lines: the program says there why."
        ),
        ["array_failed"] = new(
            "Not all runs of the array completed.",
            "List them with `bx ml list training-runs --array ID`; each has a log and a reason of its own."
        ),
        ["out_of_memory"] = new(
            "The command used more memory than it was given, and was ended.",
            "Give it more: `memory` in the compute configuration, or a larger one by name.",
            "Use a smaller batch, or fewer processes that load data."
        ),
        ["max_duration"] = new(
            "The run took longer than its manifest allows.",
            "Raise `max_duration`, or let the program end earlier.",
            "With `checkpoint`, a further attempt goes on where this one stopped."
        ),
        ["download_timeout"] = new(
            "The data did not get to the node in time.",
            "Put fewer or smaller objects into the data bucket, or a bucket nearer to the nodes."
        ),
        ["data_download_failed"] = new("The node could not fetch the data.", CheckCredentials, CheckAddress),
        ["data_bucket_not_found"] = new("There is no such data bucket.", "Check its name and the connection's region."),
        ["results_bucket_not_found"] = new(
            "There is no such results bucket.",
            "Check its name and the connection's region, or make it: the service makes none."
        ),
        ["results_exist"] = new(
            "The results bucket has results of a run of this id.",
            "Remove that folder, or send another Idempotency-Key."
        ),
        ["store_denied"] = new("The store refuses these credentials.", CheckCredentials),
        ["store_forbidden"] = new(
            "The credentials are good, but not for this bucket.",
            "Give them the right to list and read the data bucket and to write the results bucket."
        ),
        ["store_clock_skew"] = new("The clocks of the store and of the service differ.", AskOperator),
        ["store_wrong_region"] = new("The bucket is in another region.", "Set `region` of the connection."),
        ["store_endpoint_path"] = new(
            "The connection's address has a path or a bucket in it.",
            "Give the address of the store alone, and the bucket below `source` or `target`."
        ),
        ["store_certificate_untrusted"] = new(
            "The store's certificate is not trusted.",
            "Check that the address is the name in the certificate, and that it has not expired.",
            "A certificate of your own has to be known to the service: ask the operator."
        ),
        ["store_not_https"] = new("The store does not speak TLS at this port.", "Write `http://`, or another port."),
        ["store_needs_https"] = new("The store speaks TLS at this port.", "Write `https://`."),
        ["store_tls_failed"] = new(
            "No TLS connection to the store can be made.",
            "The store has to speak TLS 1.2 or 1.3, and may not ask for a certificate of its client."
        ),
        ["store_address_forbidden"] = new(
            "The service may not reach this address.",
            "Use a public address of the store, or ask the operator to allow private ones."
        ),
        ["store_host_not_found"] = new("The store's name is not known.", CheckAddress),
        ["store_connection_refused"] = new("Nothing answers at the store's address.", CheckAddress),
        ["object_not_found"] = new(
            "An object of the bucket went away while it was needed.",
            "Leave the data bucket as it is while the run downloads."
        ),
        ["store_object_archived"] = new(
            "An object is in an archive.",
            "Restore it first, or take it out of the bucket."
        ),
        ["store_quota_full"] = new("The store has no room left.", "Free some of it, or have its quota raised."),
        ["store_disk_full"] = new("The disk of the service's file store is full.", AskOperator),
        ["store_busy"] = new("The store asked for fewer requests, again and again.", SubmitAgain),
        ["store_corrupt"] = new("The store lost or changed what it was sent.", SubmitAgain, AskOperator),
        ["store_invalid"] = new("The store's answers make no sense.", CheckAddress, "Check the store's `type`."),
        ["store_unavailable"] = new("The store did not answer.", SubmitAgain, CheckAddress),
        ["data_empty"] = new(
            "There is no data for the run.",
            "Check the bucket, and `prefix`, `include` and `exclude` below `source`."
        ),
        ["stream_impossible"] = new(
            "The data store gives no addresses that a stream needs.",
            "Use `mode: copy`, or a key that the store can sign addresses with."
        ),
        ["image_failed"] = new(
            "The container's image is not to be had.",
            "Check its name and tag, and that nodes reach its registry.",
            "A registry that wants a login needs `secret` below `framework`."
        ),
        ["dependencies_failed"] = new(
            "The program's packages could not be installed.",
            "Read the installer's last lines, and try the same file with the same Python."
        ),
        ["archive_failed"] = new("The zip with the model could not be unpacked.", "Make it anew and submit it again."),
        ["scratch_limit"] = new(
            "The run's files took more of the node's disk than a run may.",
            "Ask for more with `disk` in the compute configuration (FfDL: `storage`), if the reason names what it asked for.",
            "Write less to `TMPDIR` and `RESULT_DIR`, or delete what is not needed any more."
        ),
        ["results_limit"] = new(
            "The results are more, or larger, than a run may leave.",
            "Keep fewer checkpoints in `RESULT_DIR`; the log says what was not stored."
        ),
        ["staging_failed"] = new("What the run left could not be stored.", SubmitAgain, AskOperator),
        ["node_full"] = new("The node's disk was full, and not by this run.", SubmitAgain, AskOperator),
        ["node_failed"] = new("The node could not do its part.", SubmitAgain, AskOperator),
        ["node_lost"] = new("The node fell silent.", SubmitAgain, "With `checkpoint`, less of the work is lost."),
        ["orchestration_lost"] = new("What moved the run is gone.", SubmitAgain, AskOperator),
        ["record_missing"] = new("The run's record went away while it was under way.", SubmitAgain, AskOperator),
    };

    private static readonly Dictionary<int, string> ByExitCode = new()
    {
        [1] = "1 is what Python ends with after an error that nobody caught.",
        [2] = "2 often means wrong arguments: compare the command with what the program takes.",
        [126] = "Give the program the right to be executed, or call it by its interpreter: `python3 train.py`.",
        [127] =
            "Check the program's name, and that it is in the zip or in the framework's image; the command runs in the model's folder.",
        [132] = "The program was built for a newer processor: install a build for this one.",
        [134] = "The program ended itself after a failed check: its last lines say which.",
        [135] = "Often a full /dev/shm: use fewer processes that load data.",
        [137] = "Often memory: watch how much the program uses, and ask for more or use a smaller batch.",
        [139] = "Often a library that does not fit the others: check their versions.",
        [143] = "Something asked the program to end; a cancel or a limit would be named here.",
    };

    /// <summary>What happened, as one sentence that includes the reason's message.</summary>
    public static string SummaryOf(RunReason reason)
    {
        var words = ByCode.TryGetValue(reason.Code, out var meaning) ? meaning.Summary : "The run failed.";
        return reason.Message.Length > 0
            ? $"{words} {CultureInfo.InvariantCulture.TextInfo.ToUpper(reason.Message[0])}{reason.Message[1..].TrimEnd('.')}."
            : words;
    }

    /// <summary>Advice on what to try, the likeliest first; never empty.</summary>
    public static IReadOnlyList<string> AdviceFor(RunReason reason, int? exitCode)
    {
        var advice = new List<string>();
        if (reason.Code == "command_failed" && ByExitCode.TryGetValue(exitCode ?? 0, out var ofCode))
        {
            advice.Add(ofCode);
        }
        advice.AddRange(ByCode.TryGetValue(reason.Code, out var meaning) ? meaning.Advice : Unknown(reason));
        return advice;
    }

    private static string[] Unknown(RunReason reason) =>
        reason.Fault is Fault.User ? ["Mend what the reason names and submit it again."] : [SubmitAgain, AskOperator];

    private sealed record Meaning(string Summary, params string[] Advice);
}
