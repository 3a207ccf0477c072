using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Manifests.Canonical;

/// <summary>
/// The one form of every manifest: the keys of 2018, what was left open filled in, credentials as
/// <c>${env:…}</c> references. It parses to the manifest it was written from, and holds no secret.
/// </summary>
public static class CanonicalManifest
{
    /// <param name="manifest">What to write.</param>
    /// <param name="secrets">Only to know which credentials there are; null for those that the store's type needs.</param>
    public static string Write(TrainingManifest manifest, RunSecrets? secrets = null)
    {
        var yaml = new YamlWriter();
        yaml.Map("model_definition", () => Definition(yaml, manifest));
        CanonicalStores.Write(yaml, manifest, secrets);
        Options(yaml, manifest, secrets);
        CanonicalMetrics.Write(yaml, manifest.EvaluationMetrics);
        return yaml.ToString();
    }

    private static void Definition(YamlWriter yaml, TrainingManifest manifest)
    {
        yaml.Text("name", manifest.Name);
        yaml.Text("description", manifest.Description);
        if (manifest.Author is { } author)
        {
            yaml.Map(
                "author",
                () =>
                {
                    yaml.Text("name", author.Name);
                    yaml.Text("email", author.Email);
                }
            );
        }

        yaml.Map("framework", () => Framework(yaml, manifest.Framework));
        yaml.Map(
            "execution",
            () =>
            {
                yaml.Lines("command", manifest.Command);
                yaml.Map("compute_configuration", () => Compute(yaml, manifest.Compute));
            }
        );
    }

    private static void Framework(YamlWriter yaml, FrameworkReference framework)
    {
        yaml.Text("name", framework.Name);
        yaml.Quoted(framework.Name == FrameworkCatalog.CustomName ? "image" : "version", framework.Version);
        yaml.Text("secret", framework.SecretName);
        if (framework.Python is { } python)
        {
            yaml.Line("runtimes:");
            yaml.Line("- name: python");
            yaml.Line($"  version: {YamlText.Quoted(python)}");
        }
    }

    private static void Compute(YamlWriter yaml, ComputeRequest compute)
    {
        if (compute.Name is { } name)
        {
            yaml.Text("name", name);
        }
        else
        {
            yaml.Raw("gpus", $"{compute.Gpus}");
            yaml.Raw("cpus", $"{compute.Cpus:R}");
            yaml.Raw("memory", $"{SizeText.Write(compute.MemoryBytes)}");
            yaml.Text("gpu_type", compute.GpuType);
        }

        if (compute.DiskBytes is { } disk)
        {
            yaml.Raw("disk", $"{SizeText.Write(disk)}");
        }

        if (compute.Nodes > 1)
        {
            yaml.Raw("nodes", $"{compute.Nodes}");
        }
    }

    private static void Options(YamlWriter yaml, TrainingManifest manifest, RunSecrets? secrets)
    {
        Duration(yaml, "max_duration", manifest.MaxDuration);
        Retries(yaml, manifest.Retries);
        if (manifest.Priority != RunPriority.Normal)
        {
            yaml.Text("priority", manifest.Priority.ToString().ToLowerInvariant());
        }

        if (manifest.Preemptible)
        {
            yaml.Raw("preemptible", $"true");
        }

        yaml.Text("pool", manifest.Pool);
        yaml.Map("requires", manifest.Requires);
        if (manifest.Checkpoint is { } checkpoint)
        {
            yaml.Map(
                "checkpoint",
                () =>
                {
                    yaml.Text("path", checkpoint.Path);
                    Duration(yaml, "interval", checkpoint.Interval);
                }
            );
        }

        if (manifest.Notify is { } notify)
        {
            yaml.Map("notify", () => Notify(yaml, notify, secrets?.NotifySecret));
        }

        yaml.Map("labels", manifest.Labels);
        yaml.Map("env", manifest.Env);
        if (manifest.Array is { } array)
        {
            yaml.Map("array", () => Variables(yaml, array));
        }

        yaml.Text("dependencies", manifest.InstallDependencies ? "install" : null);
        Duration(yaml, "retention", manifest.Retention);
    }

    private static void Variables(YamlWriter yaml, RunArray array)
    {
        foreach (var (name, values) in array.Variables.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            yaml.Line($"{YamlText.Scalar(name)}: [{string.Join(", ", values.Select(YamlText.Quoted))}]");
        }
    }

    private static void Retries(YamlWriter yaml, RetryLimits retries)
    {
        if (retries == RetryLimits.Default)
        {
            return;
        }

        yaml.Map(
            "retries",
            () =>
            {
                yaml.Raw("node_lost", $"{retries.NodeLost}");
                yaml.Raw("system_error", $"{retries.SystemError}");
                yaml.Raw("store_error", $"{retries.StoreError}");
                yaml.Raw("command_failed", $"{retries.CommandFailed}");
            }
        );
    }

    private static void Notify(YamlWriter yaml, NotifyOptions notify, Secret? secret)
    {
        yaml.Quoted("url", notify.Url.OriginalString);
        yaml.Raw("on", $"[{string.Join(", ", notify.On)}]");
        yaml.Text(CertificateReading.Key, notify.CaCertificate);
        if (secret is not null)
        {
            yaml.Quoted("signing_key", EnvReference.For(secret.Reveal(), "NOTIFY_SIGNING_KEY"));
        }
    }

    private static void Duration(YamlWriter yaml, string key, TimeSpan? duration)
    {
        if (duration is { } value)
        {
            yaml.Raw(key, $"{DurationText.Write(value)}");
        }
    }
}
