metadata description = 'The key vault: the key that wraps the Data Protection keys, and the secrets that the deploy script makes. Roles instead of access policies, private endpoint only.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Name of the vault, unique in Azure.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('Name of the key that wraps the Data Protection keys.')
@minLength(1)
@maxLength(127)
param keyName string

@description('Whether a deleted vault cannot be purged.')
param purgeProtection bool

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // Azure refuses an explicit false.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: 'Disabled'
    networkAcls: { bypass: 'None', defaultAction: 'Deny' }
  }

  resource dataProtection 'keys' = {
    name: keyName
    properties: {
      kty: 'RSA'
      keySize: 3072
      keyOps: ['wrapKey', 'unwrapKey']
    }
  }
}

@description('Id of the vault.')
output vaultId string = vault.id

@description('Address of the vault.')
output vaultUri string = vault.properties.vaultUri

@description('Address of that key without a version, so that a rotated key is taken up by itself.')
output keyUri string = vault::dataProtection.properties.keyUri
