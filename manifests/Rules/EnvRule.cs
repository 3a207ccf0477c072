using System.Text.RegularExpressions;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary><c>env</c>: environment variables for the command.</summary>
internal sealed partial class EnvRule : IManifestRule
{
    // The service sets these. Overriding one would break the run in ways that are hard to see.
    private static readonly HashSet<string> Reserved =
    [
        "DATA_DIR",
        "RESULT_DIR",
        "RESULT_BUCKET_DIR",
        "CHECKPOINT_DIR",
        "DATA_CA_FILE",
        "DATA_LISTING",
        "MODEL_DIR",
        "LOG_DIR",
        "JOB_STATE_DIR",
        "TRAINING_ID",
        "TRAINING_COMMAND",
        "TRAINING_JOB",
        "GPU_COUNT",
        "NUM_LEARNERS",
        "LEARNER_ID",
        "LEARNER_NAME_PREFIX",
        "CUDA_VISIBLE_DEVICES",
        "SUBID",
    ];

    private static readonly string[] SecretWords =
    [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "API_KEY",
        "APIKEY",
        "ACCESS_KEY",
        "PRIVATE_KEY",
    ];

    public void Apply(ManifestContext context)
    {
        var variables = context.TextMap(context.Root.Take("env"), FieldLimits.Env, FieldLimits.EnvValue);
        foreach (var (field, value) in variables)
        {
            if (!Name().IsMatch(field.Key))
            {
                context.BadKey(
                    field,
                    ManifestCodes.NotAName,
                    "is not a variable's name",
                    "1 to 128 letters, digits and `_`, not starting with a digit"
                );
            }
            else if (Reserved.Contains(field.Key) || field.Key.StartsWith("TRAINYARD_"))
            {
                context.BadKey(field, ManifestCodes.ReservedName, "is set by the service itself", null);
            }
            else
            {
                context.Draft.Env[field.Key] = value;
                WarnOfSecret(context, field);
            }
        }
    }

    private static void WarnOfSecret(ManifestContext context, Field field)
    {
        if (SecretWords.Any(w => field.Key.Contains(w, StringComparison.OrdinalIgnoreCase)))
        {
            context.Problems.Warn(
                ManifestCodes.LooksSecret,
                $"{Quote.Key(field.Path)} looks like a secret; `env` is stored and shown with the run.",
                field.Path,
                field.KeyMark
            );
        }
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
