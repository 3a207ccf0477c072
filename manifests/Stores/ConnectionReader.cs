using Trainyard.Contracts;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Stores;

/// <summary>Reads <c>connection</c>. Here the credentials leave the manifest.</summary>
internal sealed class ConnectionReader(ManifestContext context, DataStoreType type, string typeWord)
{
    private static readonly string[] YesOrNo = ["true", "false"];

    private readonly ConnectionKeys _keys = ConnectionKeys.Of(type);

    /// <summary>The connection of a reference, or null when it has an error.</summary>
    public StoreConnection? Read(Section reference)
    {
        var field = reference.Take("connection");
        if (field is null)
        {
            if (type == DataStoreType.File)
            {
                return StoreConnection.Empty;
            }

            reference.Missing("connection", "it says how to reach the store");
            return null;
        }

        var connection = context.Open(field);
        return connection switch
        {
            null => null,
            _ when type == DataStoreType.File => OfFile(connection),
            _ => OfStore(connection),
        };
    }

    private StoreConnection OfFile(Section connection)
    {
        foreach (var name in ConnectionKeys.AllNames.Append("secret").Append(CertificateReading.Key))
        {
            if (connection.Take(name) is { } field)
            {
                context.Problems.Error(
                    ManifestCodes.ConnectionNotForFile,
                    $"{Quote.Key(field.Path)} is not for type `file`, which is a folder of the service and needs no connection.",
                    field.Path,
                    field.KeyMark,
                    "no connection"
                );
            }
        }

        return StoreConnection.Empty;
    }

    private StoreConnection? OfStore(Section connection)
    {
        SignDialect(connection);
        var endpoint = EndpointReading.Read(context, connection, _keys.Endpoint);
        var authorities = CertificateReading.Read(context, connection, endpoint);
        var region = _keys.Region ? context.Identifier(connection.Take("region"), FieldLimits.Region) : null;
        var pays =
            _keys.RequesterPays && context.Choice(connection.Take(ConnectionKeys.RequesterPaysKey), YesOrNo) == "true";
        var secret = SecretPlace.Read(context, connection);
        var credentials = Credentials(connection, named: connection.Take("secret") is not null);
        RefuseOthers(connection);
        return endpoint is null || credentials is null
            ? null
            : new(endpoint, region, authorities, pays, secret, StoreLogin.Of(type, credentials, endpoint, region));
    }

    private Dictionary<CredentialField, Secret>? Credentials(Section connection, bool named)
    {
        var values = new Dictionary<CredentialField, Secret>();
        var complete = true;
        foreach (var key in _keys.Keys)
        {
            var field = connection.Take(key.Names);
            if (field is not null && named)
            {
                RefuseBesideSecret(field);
            }
            else if (field is not null && SecretReading.Read(context, field) is { } value)
            {
                values[key.Field] = value;
            }
            else if (field is not null)
            {
                complete = false;
            }
            else if (IsRequired(key) && !named)
            {
                connection.Missing(key.Names[0], $"a store of type `{typeWord}` needs it");
                complete = false;
            }
        }

        return complete && (named || AzureIsComplete(connection, values)) ? values : null;
    }

    // The Keystone service behind this one type has no default project.
    private bool IsRequired(ConnectionKey key) =>
        key.Required || (key.Field == CredentialField.ProjectId && typeWord == "bluemix_objectstore");

    private bool AzureIsComplete(Section connection, Dictionary<CredentialField, Secret> values)
    {
        if (type != DataStoreType.AzureBlob)
        {
            return true;
        }

        var byKey = values.ContainsKey(CredentialField.AccountKey) && values.ContainsKey(CredentialField.AccountName);
        if (byKey != values.ContainsKey(CredentialField.SasToken))
        {
            return true;
        }

        connection.Missing("sas_token", "either sas_token, or account_name and account_key");
        return false;
    }

    private void RefuseBesideSecret(Field field) =>
        context.Problems.Error(
            ManifestCodes.SecretAndCredentials,
            $"{Quote.Key(field.Path)} stands beside `secret`, which already names the credentials; keep one of the two.",
            field.Path,
            field.KeyMark
        );

    private void RefuseOthers(Section connection)
    {
        // FfDL repeats the type inside the connection.
        connection.Take("type");
        foreach (var name in ConnectionKeys.AllNames.Except(_keys.Names))
        {
            if (connection.Has(name) && connection.Take(name) is { } field)
            {
                context.Problems.Error(
                    ManifestCodes.ConnectionKeyForOtherType,
                    $"{Quote.Key(field.Path)} is not for a store of type `{typeWord}`.",
                    field.Path,
                    field.KeyMark,
                    string.Join(", ", _keys.Names)
                );
            }
        }
    }

    private void SignDialect(Section connection)
    {
        if (context.IsFfdl)
        {
            return;
        }

        if (connection.Has("userId"))
        {
            context.Sign(DialectSigns.October2017);
        }

        if (connection.Has("aws_access_key_id") || connection.Has("aws_secret_access_key"))
        {
            context.Sign(DialectSigns.November2017);
        }

        if (connection.Has("domain_name") || connection.Has("project_id"))
        {
            context.Sign(DialectSigns.Swift);
        }
    }
}
