using System.IO.Compression;
using System.Text;
using Trainyard.Chaos.World;

namespace Trainyard.Chaos.Runs;

/// <summary>The two parts of a submit: the same archive for all runs of a kind, and a manifest.</summary>
internal static class Submission
{
    public const string DataBucket = "chaos-data";
    public const string ResultsBucket = "chaos-results";

    // What each script stands on. `put FILE COMMAND` keeps what a command prints as a result, and its sum; `seal` writes the
    // list of sums last. Both try again while the node's disk is full, so that a full disk never changes how a run must end.
    private const string Preamble = """
        set -e
        token=$(cat /proc/sys/kernel/random/uuid)
        echo "begin $token"
        sums=
        until_done() { until "$@"; do sleep 0.2; done 2>/dev/null; }
        keep() { mkdir -p "$(dirname "$RESULT_DIR/$1")" && "${@:2}" >"$RESULT_DIR/$1"; }
        put() {
          until_done keep "$@"
          sums+=$(cd "$RESULT_DIR" && sha256sum "$1")$'\n'
        }
        list_sums() { printf %s "$sums"; }
        seal() {
          put token echo $token
          until_done keep SHA256SUMS list_sums
          echo "end $token"
        }

        """;

    public static byte[] Archive(RunKind kind)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("run.sh").Open())
        {
            entry.Write(Encoding.UTF8.GetBytes(Preamble + kind.Script + "\nseal\n"));
        }
        return bytes.ToArray();
    }

    public static string Manifest(RunKind kind, bool onS3, Yard yard) =>
        $"""
            model_definition:
              name: {kind.Name}
              framework: {"{"}name: python, version: "3"{"}"}
              execution:
                command: bash run.sh
                compute_configuration: {"{"}gpus: 0, cpus: 0.1, memory: 256 MB{"}"}
            training_data_reference:
            {Store(onS3, yard)}
              source: {"{"}bucket: {DataBucket}{"}"}
            training_results_reference:
            {Store(onS3, yard)}
              target: {"{"}bucket: {ResultsBucket}{"}"}
            retries: {"{"}node_lost: 10, system_error: 10, store_error: 10{"}"}
            {kind.Manifest}
            """;

    private static string Store(bool onS3, Yard yard) =>
        onS3
            ? $"""
                  type: s3
                  connection:
                    endpoint_url: {yard.StoreLine.Address}
                    access_key_id: {yard.StoreUser.AccessKey}
                    secret_access_key: {yard.StoreUser.SecretKey}
                """
            : "  type: file";
}
