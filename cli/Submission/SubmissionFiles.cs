using Trainyard.Cli.Failures;
using Trainyard.Cli.Packing;
using Trainyard.Cli.Screen;

namespace Trainyard.Cli.Submission;

/// <summary>
/// Tells the model from the manifest in the two files of <c>train</c>: 2018 wrote the model first, FfDL the manifest.
/// </summary>
internal sealed record SubmissionFiles(string Model, string Manifest)
{
    private static readonly byte[] ZipSign = "PK"u8.ToArray();

    /// <param name="folder">The folder that relative paths are meant from.</param>
    public static SubmissionFiles Sort(string first, string second, string folder)
    {
        var (firstIsModel, secondIsModel) = (IsModel(first, folder), IsModel(second, folder));
        var isSwapped = !firstIsModel && secondIsModel;
        var files = isSwapped ? new SubmissionFiles(second, first) : new SubmissionFiles(first, second);
        if (firstIsModel && secondIsModel)
        {
            throw CliFailure.InvalidInput(
                "not_a_manifest",
                $"'{files.Manifest}' is no manifest: give the model (a zip or a folder) and then the manifest (a YAML file)."
            );
        }
        return FactsOf(files.Model, folder).Kind is FileKind.File or FileKind.Folder
            ? files
            : throw CliFailure.InvalidInput(
                "not_a_model",
                $"'{files.Model}' is a pipe or a device: the model is a zip or a folder, which may have to be sent twice."
            );
    }

    private static bool IsModel(string argument, string folder) =>
        FactsOf(argument, folder).Kind switch
        {
            FileKind.Folder => true,
            FileKind.File => StartsLikeZip(Path.GetFullPath(argument, folder), argument),
            FileKind.Nothing or FileKind.Loop => throw CliFailure.InvalidInput(
                "no_such_file",
                $"There is no file or folder '{argument}': check the path."
            ),
            // A pipe is not read here, because reading would consume its content.
            _ => false,
        };

    private static FileFacts FactsOf(string argument, string folder)
    {
        try
        {
            return FileFacts.Of(Path.GetFullPath(argument, folder));
        }
        catch (UnauthorizedAccessException e)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{argument}' cannot be read: {Words.Why(e)}.");
        }
    }

    private static bool StartsLikeZip(string path, string argument)
    {
        Span<byte> start = stackalloc byte[2];
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == 2
                && start.SequenceEqual(ZipSign);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{argument}' cannot be read: {Words.Why(e)}.");
        }
    }
}
