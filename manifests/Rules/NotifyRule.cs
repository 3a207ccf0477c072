using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Stores;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Rules;

/// <summary><c>notify</c>: a webhook that is told of states.</summary>
internal sealed class NotifyRule : IManifestRule
{
    private static readonly string[] States = ["pending", "running", "completed", "error", "canceled"];
    private static readonly string[] Final = ["completed", "error", "canceled"];

    public void Apply(ManifestContext context)
    {
        if (context.Root.Open("notify") is not { } notify)
        {
            return;
        }

        if (notify.Take("signing_key") is { } key)
        {
            context.Draft.NotifySecret = SecretReading.Read(context, key);
        }

        var on = notify.Take("on") is { } field ? On(context, field) : Final;
        var address = Address(context, notify);
        var authorities = CertificateReading.Read(context, notify, address);
        if (address is not null)
        {
            context.Draft.Notify = new()
            {
                Url = address,
                On = on,
                CaCertificate = authorities,
            };
        }
    }

    private static Uri? Address(ManifestContext context, Section notify)
    {
        if (notify.Take("url") is { } url)
        {
            return EndpointReading.Address(context, url, query: true);
        }

        notify.Missing("url", "it is the address that is called");
        return null;
    }

    private static string[] On(ManifestContext context, Field field)
    {
        if (field.Value is not YamlList { Items.Count: > 0 } list)
        {
            context.WrongShape(field.Value, field.Path, "a list of states");
            return Final;
        }

        var asked = list
            .Items.Take(States.Length * 2)
            .Select((item, i) => new Field($"[{i}]", $"{field.Path}[{i}]", item, item.Start))
            .Select(item => context.Choice(item, States))
            .OfType<string>()
            .ToHashSet();
        return [.. States.Where(asked.Contains)];
    }
}
