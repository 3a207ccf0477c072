metadata description = 'The storage account: the host\'s and the durable engine\'s own state, records, blobs, dropped files, and what is deployed. Managed identities only, private endpoints only.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Name of the account: lower-case letters and digits, unique in Azure.')
@minLength(3)
@maxLength(24)
param accountName string

@description('How many copies there are, and where.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param redundancy string

@description('Days until a dropped file is removed.')
@minValue(1)
@maxValue(365)
param dropRetentionDays int

@description('The container that the function app is deployed from.')
@minLength(3)
@maxLength(63)
param deploymentContainer string

@description('The container that agents are uploaded to.')
@minLength(3)
@maxLength(63)
param agentContainer string

@description('The container that users drop models into.')
@minLength(3)
@maxLength(63)
param dropContainer string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Disabled'
    networkAcls: { bypass: 'None', defaultAction: 'Deny' }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    // What is purged is gone: no soft delete, no versions.
    properties: { deleteRetentionPolicy: { enabled: false }, isVersioningEnabled: false }

    resource containers 'containers' = [
      for name in [deploymentContainer, agentContainer, dropContainer]: {
        name: name
        properties: { publicAccess: 'None' }
      }
    ]
  }

  resource queues 'queueServices' = { name: 'default' }

  resource tables 'tableServices' = { name: 'default' }

  // The service removes what is its own; dropped files are the users', and it only reads them.
  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'forgotten-drops'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['${dropContainer}/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: dropRetentionDays } } }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

@description('Id of the account.')
output accountId string = account.id

@description('Address of the container that agents are uploaded to.')
output agentContainerUrl string = '${account.properties.primaryEndpoints.blob}${agentContainer}'
