using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Trainyard.Manifests.Secrets;

/// <summary>What opens one data store. Values come out through <see cref="Reveal"/> only.</summary>
[DebuggerDisplay("StoreCredentials(***)")]
[JsonConverter(typeof(RefuseToSerialize<StoreCredentials>))]
public sealed class StoreCredentials
{
    private readonly Dictionary<CredentialField, Secret> _values;

    internal StoreCredentials(IEnumerable<KeyValuePair<CredentialField, Secret>> values) => _values = new(values);

    /// <summary>For a <c>file</c> store, or where a named secret of the service will be used.</summary>
    public static StoreCredentials None { get; } = new([]);

    /// <summary>Which values there are, never what they are.</summary>
    public IReadOnlyCollection<CredentialField> Fields => _values.Keys;

    /// <summary>Whatever fields there are; whether they open a store shows when they meet one.</summary>
    public static StoreCredentials Of(IEnumerable<KeyValuePair<CredentialField, Secret>> values) => new(values);

    public bool Has(CredentialField field) => _values.ContainsKey(field);

    /// <summary>The value itself, or null where it was not given.</summary>
    public string? Reveal(CredentialField field) => _values.GetValueOrDefault(field)?.Reveal();

    public override string ToString() => $"{nameof(StoreCredentials)}({Secret.Mask})";

    /// <summary>For a payload that is encrypted at once.</summary>
    internal Dictionary<int, string> Plain() => _values.ToDictionary(v => (int)v.Key, v => v.Value.Reveal());

    /// <summary>Reads back what <see cref="Plain"/> gave.</summary>
    internal static StoreCredentials OfPlain(Dictionary<int, string> values) =>
        new(values.Select(v => KeyValuePair.Create((CredentialField)v.Key, new Secret(v.Value))));
}
