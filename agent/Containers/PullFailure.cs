using Trainyard.Agent.Files;

namespace Trainyard.Agent.Containers;

/// <summary>Explains why an engine could not pull an image, and how to fix it.</summary>
internal static class PullFailure
{
    private static readonly string[] NoRoomSigns = ["no space left on device", "disk quota exceeded"];

    private static readonly (string[] Signs, string Hint)[] Hints =
    [
        (
            ["unauthorized", "authentication required", "access to the resource is denied", "denied:", "401", "403"],
            "; a registry that asks for a login gets it from `framework.secret`"
        ),
        (["manifest unknown", "name unknown", "not found", "404"], "; the registry has no such image or tag"),
        (
            ["no image found in manifest list", "no image found in image index", "no matching manifest"],
            "; the image is not made for this node's kind of processor"
        ),
    ];

    public static bool IsNoRoom(EngineAnswer answer) => answer.ExitCode != 0 && Has(answer.Errors, NoRoomSigns);

    /// <summary>Whether the registry answered and refused.</summary>
    public static bool IsRefusal(EngineAnswer answer) => HintOf(answer.Words).Length > 0;

    public static string Describe(string image, EngineAnswer answer) =>
        $"The image '{image}' cannot be pulled: {PrintableText.Of(answer.Words)}{HintOf(answer.Words)}.";

    private static string HintOf(string words) => Hints.FirstOrDefault(hint => Has(words, hint.Signs)).Hint ?? "";

    private static bool Has(string text, string[] signs) =>
        signs.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// An image is not available, or no command can run in it. The message is a sentence for the run's owner.
/// </summary>
internal sealed class ImageFailedException(string message) : Exception(message);

/// <summary>The node's disk has no room for an image, or for a container of it.</summary>
internal sealed class ImageHasNoRoomException(string message) : Exception(message);
