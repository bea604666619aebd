import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import { toUnavailable } from './db-errors.ts';

/** Attributes `Row`; on create the database fills in what is left out. */
type Table<Row extends object> = ModelStatic<Model<Row, Partial<Row>> & Row>;

type RowStatus = 'ACTIVE' | 'INACTIVE';

export interface ConcertRow {
  concertId: number;
  concertName: string;
  seatsPerUser: number;
  refundUntilHours: number;
  status: RowStatus;
}

export interface ScheduleRow {
  concertScheduleId: number;
  concertId: number;
  concertDt: Date;
  totalSeat: number;
  status: RowStatus;
}

export interface Models {
  concert: Table<ConcertRow>;
  schedule: Table<ScheduleRow>;
}

/** Plain work by the models: single rows, off the hot path. */
export type Plain = <T>(work: (models: Models) => Promise<T>) => Promise<T>;

/** Made anew for each attribute: Sequelize writes the column's name into what it is given. */
const key = () => ({ type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true });
const reference = () => ({ type: DataTypes.BIGINT, allowNull: false });
const number = () => ({ type: DataTypes.INTEGER, allowNull: false });
const text = (length: number) => ({ type: DataTypes.STRING(length), allowNull: false });
const status = () => ({ ...text(16), defaultValue: 'ACTIVE' });

/** `created_at` and `updated_at` are the database's own and not part of the models. */
const tableOptions = () => ({ timestamps: false, underscored: true, freezeTableName: true });

function defineModels(sequelize: Sequelize): Models {
  return {
    concert: sequelize.define(
      'concert',
      {
        concertId: key(),
        concertName: text(200),
        seatsPerUser: number(),
        refundUntilHours: number(),
        status: status(),
      },
      tableOptions(),
    ),
    schedule: sequelize.define(
      'concert_schedule',
      {
        concertScheduleId: key(),
        concertId: reference(),
        concertDt: { type: DataTypes.DATE(6), allowNull: false },
        totalSeat: number(),
        status: status(),
      },
      tableOptions(),
    ),
  };
}

/** @throws Problem `unavailable` from the work when the store is away. */
export function createPlain(sequelize: Sequelize): Plain {
  const models = defineModels(sequelize);
  return async (work) => {
    try {
      return await work(models);
    } catch (error) {
      throw toUnavailable(error);
    }
  };
}
